//! `desk.verb` of a case, as calls of the public API.

use crm_core::base::Id as _;
use crm_core::duplicate::{
    Duplicate, DuplicateCluster, DuplicateOf, DuplicateQuery, DuplicateScan,
};
use crm_core::forecast::{ForecastKey, ForecastQuery, board_frame};
use crm_core::record::{AddressType, PartnerRole};
use crm_core::score::{Backtest, BacktestAt, NearestDeal, ScoreConfig, ScorePrediction, ScoreRun};
use crm_core::{
    ActivityId, AsOf, Assign, AssignRules, AuditQuery, Convert, Date, Error, FeedEntry, Fields,
    Filter, Find, HandOver, ImportOptions, LeadId, Lost, Merge, MergeEntry, Merged, PartnerId,
    PartnerMerge, Progress, PropertyDefinition, PropertyKind, Record, RecordKind, Schedule,
    Session, Subject, TargetFeed, TeamId, Timestamp, UserId, UserRef, Value,
};
use toml::{Table, Value as Toml};

use super::World;
use super::answer::Answer;
use super::case::Step;

/// Why a step did not answer.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The case makes no sense.
    Case(String),
    /// The library refused.
    Crm(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Crm(error)
    }
}

impl From<String> for Fault {
    fn from(why: String) -> Self {
        Self::Case(why)
    }
}

type Played<T = Answer> = Result<T, Fault>;

/// The desk of a name such as `lost_reasons`.
fn kind(desk: &str) -> Option<RecordKind> {
    match desk {
        "companies" => Some(RecordKind::Company),
        "activities" => Some(RecordKind::Activity),
        "chatter" => Some(RecordKind::Message),
        desk => RecordKind::from_name(desk.strip_suffix('s')?),
    }
}

/// Arguments of a verb by name; each is taken once, none may be left.
struct Args<'w> {
    world: &'w World,
    table: Table,
}

impl Args<'_> {
    fn take(&mut self, name: &str) -> Played<Option<Value>> {
        Ok(self.table.remove(name).map(|value| self.world.value(&value)).transpose()?)
    }

    fn text(&mut self, name: &str) -> Played<Option<String>> {
        match self.take(name)? {
            Some(Value::Text(text)) => Ok(Some(text)),
            None | Some(Value::Null) => Ok(None),
            Some(other) => Err(Fault::Case(format!("{name}: {other:?} is no text"))),
        }
    }

    fn number(&mut self, name: &str) -> Played<Option<i64>> {
        match self.take(name)? {
            Some(Value::Int(number)) => Ok(Some(number)),
            None | Some(Value::Null) => Ok(None),
            Some(other) => Err(Fault::Case(format!("{name}: {other:?} is no whole number"))),
        }
    }

    /// A kind of record; leads if none is named.
    fn record(&mut self, name: &str) -> Played<RecordKind> {
        self.text(name)?.map_or(Ok(RecordKind::Lead), |kind| {
            RecordKind::from_name(&kind).ok_or_else(|| Fault::Case(format!("no record {kind}")))
        })
    }

    fn truth(&mut self, name: &str) -> Played<bool> {
        match self.take(name)? {
            Some(Value::Bool(truth)) => Ok(truth),
            None | Some(Value::Null) => Ok(false),
            Some(other) => Err(Fault::Case(format!("{name}: {other:?} is no truth"))),
        }
    }

    fn size(&mut self, name: &str) -> Played<Option<usize>> {
        Ok(self.number(name)?.and_then(|number| usize::try_from(number).ok()))
    }

    fn id<I: From<i64>>(&mut self, name: &str) -> Played<Option<I>> {
        Ok(self.number(name)?.map(I::from))
    }

    fn words(&mut self, name: &str) -> Option<Vec<String>> {
        let words = self.table.remove(name)?;
        let words = words.as_array()?.iter().filter_map(|word| word.as_str().map(str::to_owned));
        Some(words.collect())
    }

    fn filter(&mut self) -> Played<Option<Filter>> {
        Ok(self.text("filter")?.map(|text| Filter::parse(&text)).transpose()?)
    }

    fn find(&mut self) -> Played<Find> {
        Ok(Find {
            filter: self.filter()?,
            order: self.text("order")?,
            limit: self.size("limit")?,
            offset: self.size("offset")?.unwrap_or(0),
            as_of: self.as_of()?,
        })
    }

    fn moment(&mut self, name: &str) -> Played<Option<Timestamp>> {
        match self.take(name)? {
            Some(Value::Time(moment)) => Ok(Some(moment)),
            None | Some(Value::Null) => Ok(None),
            Some(other) => Err(Fault::Case(format!("{name}: {other:?} is no instant"))),
        }
    }

    fn day(&mut self, name: &str) -> Played<Option<Date>> {
        match self.take(name)? {
            Some(Value::Date(day)) => Ok(Some(day)),
            None | Some(Value::Null) => Ok(None),
            Some(other) => Err(Fault::Case(format!("{name}: {other:?} is no day"))),
        }
    }

    fn as_of(&mut self) -> Played<Option<AsOf>> {
        let (at, axis) = (self.moment("as_of")?, self.text("axis")?);
        Ok(at.map(|at| AsOf::on(at, axis.as_deref())).transpose()?)
    }

    fn external_id(&mut self) -> Option<(String, String)> {
        let mut parts = self.words("external_id")?.into_iter();
        Some((parts.next()?, parts.next()?))
    }

    fn merge(&mut self) -> Played<Merge> {
        Ok(Merge { user_id: self.id("user_id")?, team_id: self.id("team_id")? })
    }

    fn convert(&mut self) -> Played<Convert> {
        let user_ids = match self.take("user_ids")? {
            Some(Value::Ids(ids)) => ids.into_iter().map(Into::into).collect(),
            _ => Vec::new(),
        };
        Ok(Convert {
            partner_id: self.id("partner_id")?,
            create_partner: self.truth("create_partner")?,
            user_id: self.id("user_id")?,
            user_ids,
            team_id: self.id("team_id")?,
            deduplicate: self.truth("deduplicate")?,
            force: !matches!(self.take("force")?, Some(Value::Bool(false))),
            key: self.text("key")?,
        })
    }

    /// Lists of records.
    fn clusters<I: From<i64>>(&mut self) -> Played<Vec<Vec<I>>> {
        let Some(Toml::Array(sets)) = self.table.remove("clusters") else {
            return Err(Fault::Case("clusters: lists of records".to_owned()));
        };
        let set = |set: &Toml| match self.world.value(set)? {
            Value::Ids(ids) => Ok(ids.into_iter().map(I::from).collect()),
            other => Err(Fault::Case(format!("{other:?} is no list of records"))),
        };
        sets.iter().map(set).collect()
    }

    /// What is left, as fields of a record.
    fn fields(&mut self) -> Played<Fields> {
        let mut fields = Fields::new();
        fields.external_id = self.external_id();
        fields.expected_version = self.number("expected_version")?;
        for (name, value) in std::mem::take(&mut self.table) {
            fields.set(name, self.world.value(&value)?);
        }
        Ok(fields)
    }
}

/// One id or several.
struct On {
    ids: Vec<i64>,
    one: bool,
}

impl On {
    fn one(&self) -> Played<i64> {
        match (self.one, self.ids.as_slice()) {
            (true, [id]) => Ok(*id),
            _ => Err(Fault::Case("this verb works on one id".to_owned())),
        }
    }

    fn leads(&self) -> Vec<LeadId> {
        self.ids.iter().copied().map(LeadId).collect()
    }
}

impl World {
    /// Does what a step says.
    pub(super) fn run(&self, verb: &str, step: &Step) -> Played {
        let user = step.user.as_deref().map(UserRef::from);
        let session = self.crm.session(user, self.now)?;
        let on = match step.on.as_ref().map(|on| self.value(on)).transpose()? {
            Some(Value::Int(id)) => On { ids: vec![id], one: true },
            Some(Value::Ids(ids)) => On { ids, one: false },
            Some(other) => return Err(Fault::Case(format!("{other:?} is no id"))),
            None => On { ids: Vec::new(), one: false },
        };
        let (desk, verb) = verb.split_once('.').unwrap_or((verb, ""));
        let given = step.with.clone().unwrap_or_else(|| Toml::Table(Table::new()));
        if let Some(kind) = kind(desk).filter(|_| verb == "create") {
            return self.create(&session, kind, given, step.times);
        }
        let Toml::Table(table) = given else {
            return Err(Fault::Case("`with` is a table".to_owned()));
        };
        let mut args = Args { world: self, table };
        let answer = match (desk, kind(desk)) {
            ("leads", _) if own_verb(verb) => lead(&session, verb, &on, &mut args)?,
            ("activities", _) if own_verb(verb) => activity(&session, verb, &on, &mut args)?,
            ("chatter", _) if own_verb(verb) => chatter(&session, verb, &on, &mut args)?,
            ("partners", _) if own_verb(verb) => partner(&session, verb, &on, &mut args)?,
            ("targets", _) if own_verb(verb) => target(&session, verb, &on, &mut args)?,
            ("teams", _) if own_verb(verb) => team(&session, verb, &on, &mut args)?,
            (_, Some(kind)) => office(&session, kind, verb, &on, &mut args)?,
            _ => self.study(&session, desk, verb, &on, &mut args)?,
        };
        match args.table.keys().next() {
            Some(name) => Err(Fault::Case(format!("{desk}.{verb} takes no {name:?}"))),
            None => Ok(answer),
        }
    }

    fn create(
        &self,
        session: &Session,
        kind: RecordKind,
        given: Toml,
        times: Option<usize>,
    ) -> Played {
        let (drafts, one) = match given {
            Toml::Array(drafts) => (drafts, false),
            draft => (vec![draft; times.unwrap_or(1)], times.is_none()),
        };
        let drafts = drafts.into_iter().map(|draft| match draft {
            Toml::Table(table) => Args { world: self, table }.fields(),
            _ => Err(Fault::Case("a draft is a table".to_owned())),
        });
        let rows = session.desk(kind).create(drafts.collect::<Played<Vec<_>>>()?)?;
        Ok(Answer::one_or_list(&rows, one))
    }

    fn study(&self, s: &Session, desk: &str, verb: &str, on: &On, args: &mut Args<'_>) -> Played {
        let done = |(): ()| Answer::Nothing;
        Ok(match (desk, verb) {
            ("score", "configure") => {
                let start_date = match args.take("start_date")? {
                    Some(Value::Date(date)) => Some(date),
                    _ => None,
                };
                let (fields, model) = (args.words("fields"), args.text("model")?);
                done(s.score().configure(&ScoreConfig { fields, start_date, model })?)
            }
            ("score", "rebuild") => rescored(s.score().rebuild(&mut Progress::none())?),
            ("score", "recompute") => rescored(s.score().recompute(&mut Progress::none())?),
            ("score", "frequencies") => Answer::List(
                s.score()
                    .frequencies()?
                    .into_iter()
                    .map(|row| {
                        record([
                            ("team_id", Value::from(row.team_id)),
                            ("variable", row.variable.into()),
                            ("value", row.value.into()),
                            ("won_count", row.won_count.into()),
                            ("lost_count", row.lost_count.into()),
                        ])
                    })
                    .collect(),
            ),
            ("score", "explain") => Answer::frame(&s.score().explain(LeadId(on.one()?))?.frame()),
            ("score", "configuration") => Answer::frame(&s.score().configuration()?.frame()),
            ("score", "health") => Answer::frame(&s.score().health(&mut Progress::none())?.frame()),
            ("score", "nearest") => {
                Answer::frame(&NearestDeal::frame(&s.score().nearest(LeadId(on.one()?))?))
            }
            ("score", "backtest" | "quality") => {
                let start = match args.take("start")? {
                    Some(Value::Date(date)) => Some(date),
                    _ => None,
                };
                let at = args.text("at")?.map_or(Ok(BacktestAt::default()), |at| at.parse())?;
                let (fields, model) = (args.words("fields"), args.text("model")?);
                let asked = Backtest { fields, start, at, model };
                let report = s.score().backtest(&asked, &mut Progress::none())?;
                Answer::frame(&if verb == "quality" { report.summary() } else { report.frame() })
            }
            ("score", "predict") => {
                let as_of = args.moment("as_of")?;
                let filter = args.filter()?;
                let said = s.score().predict(filter.as_ref(), as_of, &mut Progress::none())?;
                Answer::frame(&ScorePrediction::frame(&said))
            }
            ("score", "explanation") => {
                let head = s.score().explain(LeadId(on.one()?))?.head();
                let named = |column: &crm_core::base::frame::Column| {
                    (column.name.clone(), head.at(0, &column.name))
                };
                Answer::Record(head.columns().iter().map(named).collect())
            }
            ("access", "why_can") => {
                let user = args.id("user_id")?.unwrap_or(UserId(0));
                let operation = args.text("operation")?.unwrap_or_default();
                let (kind, id) = (args.record("record")?, args.number("id")?);
                Answer::frame(&s.access().why_can(user, &operation, kind, id)?.frame())
            }
            ("audit", "find") => {
                let record = args.text("record")?;
                let known = |name: String| {
                    RecordKind::from_name(&name).ok_or(Fault::Case(format!("no record {name}")))
                };
                let query = AuditQuery {
                    record: record.map(known).transpose()?,
                    id: args.number("id")?,
                    user_id: args.id("user_id")?,
                    event: args.text("event")?,
                    since: args.moment("since")?,
                    until: args.moment("until")?,
                    before: args.number("before")?,
                    limit: args.size("limit")?.unwrap_or(100),
                };
                Answer::frame(&FeedEntry::frame(s.audit().find(&query)?))
            }
            ("audit", "seal") => Answer::frame(&s.audit().seal()?.frame()),
            ("audit", "verify") => Answer::frame(&s.audit().verify(None)?.frame()),
            ("forecast", "weighted" | "totals") => {
                let by = args.words("by").unwrap_or_default();
                let query = ForecastQuery {
                    by: by
                        .iter()
                        .map(|key| ForecastKey::from_name(key))
                        .collect::<Result<_, _>>()?,
                    filter: args.filter()?,
                    zone: args.text("zone")?.unwrap_or_else(|| "UTC".to_owned()),
                    as_of: args.as_of()?,
                };
                let forecast = s.forecast().weighted(&query)?;
                if verb == "weighted" {
                    return Ok(Answer::frame(&forecast.frame()));
                }
                Answer::List(
                    forecast
                        .totals
                        .into_iter()
                        .map(|total| {
                            record([
                                ("currency", total.currency.code().into()),
                                ("count", total.count.into()),
                                ("expected_revenue", total.expected_revenue.into()),
                                ("weighted_revenue", total.weighted_revenue.into()),
                            ])
                        })
                        .collect(),
                )
            }
            ("forecast", "board") => {
                let filter = args.filter()?;
                let columns = match args.as_of()? {
                    Some(as_of) => s.forecast().board_as_of(filter.as_ref(), as_of)?,
                    None => s.forecast().board(filter.as_ref())?,
                };
                Answer::frame(&board_frame(&columns))
            }
            ("assignment", _) => assignment(s, verb, args)?,
            ("duplicates", "find") => duplicates(s, on, args)?,
            ("duplicates", "scan") => {
                let record = args.record("record")?;
                let usual = DuplicateScan::of(record);
                let scan = DuplicateScan {
                    least: args.number("least")?.unwrap_or(usual.least),
                    include_lost: args.truth("include_lost")?,
                    ..usual
                };
                let found = s.duplicates().scan(&scan, &mut Progress::none())?;
                Answer::frame(&DuplicateCluster::frame(&found, record))
            }
            ("csv", "import") => {
                let text = args.text("text")?.unwrap_or_default();
                let options = ImportOptions {
                    zone: args.text("zone")?.unwrap_or_else(|| "UTC".to_owned()),
                    ..ImportOptions::default()
                };
                let kind = args.text("record")?.and_then(|name| RecordKind::from_name(&name));
                let report = s.csv().import(
                    kind.unwrap_or(RecordKind::Lead),
                    &mut text.as_bytes(),
                    &[],
                    &options,
                    &mut Progress::none(),
                )?;
                let count = |n: u64| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
                let first = (!report.errors.is_empty()).then_some(0);
                record([
                    ("created", count(report.created)),
                    ("updated", count(report.updated)),
                    ("unchanged", count(report.unchanged)),
                    ("failed", count(report.failed)),
                    (
                        "error",
                        first.map_or(Value::Null, |row: usize| report.errors.at(row, "message")),
                    ),
                ])
            }
            ("db", "verify") => problems(self.crm.verify()?),
            ("db", "repair") => problems(self.crm.repair()?),
            ("settings", "get") => {
                Answer::Plain(s.settings().get(&args.text("name")?.unwrap_or_default())?)
            }
            ("settings", "set") => {
                let name = args.text("name")?.unwrap_or_default();
                done(s.settings().set(&name, args.take("value")?.unwrap_or_default())?)
            }
            ("properties", "declare") => {
                let kind = args.text("kind")?.and_then(|word| PropertyKind::from_word(&word));
                let kind =
                    kind.ok_or_else(|| Fault::Case("kind: a type of property".to_owned()))?;
                let record = args.text("record")?.and_then(|name| RecordKind::from_name(&name));
                let record = record.unwrap_or(RecordKind::Lead);
                let name = args.text("name")?.unwrap_or_default();
                let teams = match args.take("team_ids")? {
                    Some(Value::Ids(ids)) => ids,
                    _ => Vec::new(),
                };
                let definition = PropertyDefinition {
                    label: args.text("label")?,
                    options: args.words("options").unwrap_or_default(),
                    team_ids: teams.into_iter().map(TeamId).collect(),
                    ..PropertyDefinition::new(record, name, kind)
                };
                s.properties().declare(&definition).map(|_| Answer::Nothing)?
            }
            ("feed", "") => self.feed(on)?,
            _ => return Err(Fault::Case(format!("no verb {desk}.{verb}"))),
        })
    }

    /// The events of a lead, or all.
    fn feed(&self, on: &On) -> Played {
        let entries = self.crm.feed(0, 100_000)?.into_iter().filter(|entry| {
            let lead = entry.subject.filter(|subject| subject.kind == RecordKind::Lead);
            on.ids.is_empty() || lead.is_some_and(|subject| on.ids.contains(&subject.id))
        });
        let entry = |entry: FeedEntry| {
            let data: serde_json::Value = serde_json::from_str(&entry.data).unwrap_or_default();
            let note = data.get("note").and_then(serde_json::Value::as_str);
            record([
                ("event", entry.event.into()),
                ("user_id", entry.user_id.into()),
                ("date", entry.date.into()),
                ("note", note.into()),
            ])
        };
        Ok(Answer::List(entries.map(entry).collect()))
    }
}

/// Of the lead in `on`, of a partner, or of a candidate; a row per reason.
fn duplicates(s: &Session, on: &On, args: &mut Args<'_>) -> Played {
    let record = args.record("record")?;
    let partner: Option<PartnerId> = args.id("partner_id")?;
    let of = match (args.take("candidate")?, partner) {
        (Some(Value::Map(fields)), _) => {
            DuplicateOf::Candidate(record, fields.into_iter().collect())
        }
        (_, Some(partner)) => DuplicateOf::Partner(partner),
        _ => DuplicateOf::Lead(LeadId(on.one()?)),
    };
    let kind = match of {
        DuplicateOf::Partner(_) => RecordKind::Partner,
        _ => record,
    };
    let query = DuplicateQuery {
        of,
        include_lost: args.truth("include_lost")?,
        include_won: args.truth("include_won")?,
    };
    Ok(Answer::frame(&Duplicate::frame(&s.duplicates().find(&query)?, kind)))
}

fn merged<R: Record>(merged: &Merged<R>) -> Answer {
    record([("merge_id", merged.merge_id.into()), ("head", merged.head.id().number().into())])
}

fn rescored(run: ScoreRun) -> Answer {
    let number = |n: u64| Value::Int(n.try_into().unwrap_or(i64::MAX));
    record([
        ("counted", number(run.counted)),
        ("before_start", number(run.before_start)),
        ("scored", number(run.scored)),
        ("changed", number(run.changed)),
    ])
}

fn record<const N: usize>(fields: [(&str, Value); N]) -> Answer {
    Answer::Record(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn problems(words: Vec<String>) -> Answer {
    Answer::List(words.into_iter().map(|word| Answer::Plain(word.into())).collect())
}

fn own_verb(verb: &str) -> bool {
    !matches!(verb, "create" | "get" | "find" | "count" | "frame" | "update" | "delete")
}

/// The verbs that only leads have.
fn lead(s: &Session, verb: &str, on: &On, args: &mut Args<'_>) -> Played {
    let (leads, ids) = (s.leads(), on.leads());
    let done = match verb {
        "mark_won" => leads.mark_won(&ids)?,
        "mark_lost" => {
            let lost_reason_id = args.id("lost_reason_id")?;
            leads.mark_lost(&ids, &Lost { lost_reason_id, note: args.text("note")? })?
        }
        "reopen" => leads.reopen(&ids)?,
        "archive" => leads.archive(&ids)?,
        "restore" => leads.restore(&ids)?,
        "move_to" => {
            let stage =
                args.id("stage_id")?.ok_or_else(|| Fault::Case("move_to where?".to_owned()))?;
            leads.move_to(&ids, stage)?
        }
        "convert" if on.one => vec![leads.convert(LeadId(on.one()?), &args.convert()?)?],
        "convert" => leads.convert(&ids, &args.convert()?)?,
        "plan_convert" => {
            return Ok(Answer::frame(&leads.plan_convert(&ids, &args.convert()?)?.frame()));
        }
        "assign_to" => leads.assign_to(&ids, args.id("user_id")?, args.id("team_id")?)?,
        "copy" => leads.copy(&ids)?,
        "claim" => vec![leads.claim(LeadId(on.one()?))?],
        "partner_updates" => return Ok(Answer::frame(&leads.partner_updates(&ids)?)),
        "history" => return Ok(Answer::frame(&leads.history(LeadId(on.one()?))?)),
        "plan_merge" => return Ok(Answer::frame(&leads.plan_merge(&ids, &args.merge()?)?.frame())),
        "merge" => return Ok(merged(&leads.merge(&ids, &args.merge()?)?)),
        "merge_clusters" => {
            let sets: Vec<Vec<LeadId>> = args.clusters()?;
            let done = leads.merge_clusters(&sets, &args.merge()?)?;
            return Ok(Answer::List(done.iter().map(merged).collect()));
        }
        "unmerge" => return Ok(Answer::frame(&leads.unmerge(on.one()?)?.frame())),
        "merges" => {
            let of = if on.one { Some(LeadId(on.one()?)) } else { None };
            return Ok(Answer::frame(&MergeEntry::frame(&leads.merges(of, args.size("limit")?)?)));
        }
        "merged_into" => {
            let into = leads.merged_into(LeadId(on.one()?))?;
            return Ok(Answer::Plain(into.into()));
        }
        _ => return Err(Fault::Case(format!("no verb leads.{verb}"))),
    };
    let rows: Vec<_> = done.iter().map(Record::row).collect();
    Ok(Answer::one_or_list(&rows, on.one))
}

/// The verbs that only activities have.
fn activity(s: &Session, verb: &str, on: &On, args: &mut Args<'_>) -> Played {
    let desk = s.activities();
    let ids: Vec<ActivityId> = on.ids.iter().copied().map(ActivityId).collect();
    let done = match verb {
        "schedule" => {
            let kind = args.record("record")?;
            let plan = Schedule {
                activity_type_id: args.id("activity_type_id")?.unwrap_or_default(),
                date_deadline: args.day("date_deadline")?,
                user_id: args.id("user_id")?,
                summary: args.text("summary")?,
                note: args.text("note")?,
            };
            desk.schedule_about(kind, &on.ids, &plan)?
        }
        "done" => desk.done(&ids, args.text("feedback")?.as_deref())?,
        "reschedule" => {
            let day = args.day("date_deadline")?;
            desk.reschedule(&ids, day.ok_or_else(|| Fault::Case("until when?".to_owned()))?)?
        }
        "cancel" => return Ok(desk.cancel(&ids).map(|()| Answer::Nothing)?),
        "status" => return Ok(Answer::frame(&desk.status(&on.leads())?)),
        _ => return Err(Fault::Case(format!("no verb activities.{verb}"))),
    };
    let rows: Vec<_> = done.iter().map(Record::row).collect();
    Ok(Answer::one_or_list(&rows, on.one))
}

/// The verbs that only messages have.
fn chatter(s: &Session, verb: &str, on: &On, args: &mut Args<'_>) -> Played {
    let kind = args.record("record")?;
    match verb {
        "post" => {
            let body = args.text("body")?.unwrap_or_default();
            let internal = args.truth("internal")?;
            let posted = s.chatter().post_about(kind, &on.ids, &body, internal)?;
            Ok(match posted.as_slice() {
                [id] if on.one => Answer::Plain((*id).into()),
                ids => Answer::List(ids.iter().map(|id| Answer::Plain((*id).into())).collect()),
            })
        }
        "list" => Ok(Answer::frame(&s.chatter().list(Subject { kind, id: on.one()? })?)),
        _ => Err(Fault::Case(format!("no verb chatter.{verb}"))),
    }
}

/// The verbs that every desk has.
fn partner(s: &Session, verb: &str, on: &On, args: &mut Args<'_>) -> Played {
    let partners = s.partners();
    let ids: Vec<PartnerId> = on.ids.iter().copied().map(PartnerId).collect();
    let merge = PartnerMerge { head_id: args.id("head_id")?, user_id: args.id("user_id")? };
    let id = || on.one().map(PartnerId);
    let roles = |roles: Vec<PartnerRole>| {
        Answer::rows(&roles.iter().map(PartnerRole::row).collect::<Vec<_>>())
    };
    Ok(match verb {
        "address_for" => {
            let kind = AddressType::parse(&args.text("kind")?.unwrap_or_default())?;
            Answer::row(&partners.address_for(id()?, kind)?.row())
        }
        "roles" => roles(partners.roles(id()?)?),
        "role_as_of" => match args.day("date")? {
            Some(date) => roles(partners.role_as_of(id()?, date)?),
            None => return Err(Fault::Case("as of which date?".to_owned())),
        },
        "subject_export" => {
            let known: serde_json::Value = serde_json::from_str(&partners.subject_export(id()?)?)
                .map_err(|error| Fault::Case(error.to_string()))?;
            let of = known["partner_id"].as_i64();
            Answer::Record([("partner_id".to_owned(), of.into())].into())
        }
        "subject_erase" => {
            let known = |name: String| {
                RecordKind::from_name(&name).ok_or(Fault::Case(format!("no record {name}")))
            };
            let holds = args.words("holds").unwrap_or_default().into_iter().map(known);
            let holds = holds.collect::<Played<Vec<_>>>()?;
            Answer::frame(&partners.subject_erase(id()?, &holds)?.frame())
        }
        "plan_merge" => Answer::frame(&partners.plan_merge(&ids, &merge)?.frame()),
        "merge" => merged(&partners.merge(&ids, &merge)?),
        "merge_clusters" => {
            let sets = args.clusters()?;
            Answer::List(partners.merge_clusters(&sets, &merge)?.iter().map(merged).collect())
        }
        "unmerge" => Answer::frame(&partners.unmerge(on.one()?)?.frame()),
        "merges" => {
            let of = if on.one { Some(id()?) } else { None };
            Answer::frame(&MergeEntry::frame(&partners.merges(of, args.size("limit")?)?))
        }
        "merged_into" => Answer::Plain(partners.merged_into(id()?)?.map(|id| id.0).into()),
        _ => return Err(Fault::Case(format!("no verb {verb} of a partner"))),
    })
}

/// What somebody has, for another.
fn hand_over(s: &Session, verb: &str, args: &mut Args<'_>) -> Played {
    let record = args.text("record")?.map(|word| {
        RecordKind::from_name(&word).ok_or_else(|| Fault::Case(format!("no kind {word}")))
    });
    let filter = args.text("filter")?.map(|text| Filter::parse(&text)).transpose()?;
    let user = |id: Option<i64>| UserId(id.unwrap_or_default());
    let asked = HandOver {
        user_id: user(args.number("user_id")?),
        to_user_id: user(args.number("to_user_id")?),
        record: record.transpose()?,
        filter,
    };
    Ok(Answer::frame(&match verb {
        "plan_hand_over" => s.assignment().plan_hand_over(&asked)?,
        _ => s.assignment().hand_over(&asked)?,
    }))
}

/// A plan, what it went by, or what becomes of it.
fn assignment(s: &Session, verb: &str, args: &mut Args<'_>) -> Played {
    if verb.ends_with("hand_over") {
        return hand_over(s, verb, args);
    }
    let team_ids = match args.take("team_ids")? {
        Some(Value::Ids(ids)) => Some(ids.into_iter().map(TeamId).collect()),
        _ => None,
    };
    let rules = args.text("rules")?.map(|word| AssignRules::parse(&word)).transpose()?;
    let seed = args.number("seed")?.and_then(|seed| u64::try_from(seed).ok());
    let assign = Assign {
        rules: rules.unwrap_or_default(),
        team_ids,
        force: args.truth("force")?,
        seed: seed.unwrap_or(0),
        delay_hours: args.number("delay_hours")?.unwrap_or(0),
        created_within_days: args.number("created_within_days")?,
        affinity: !matches!(args.take("affinity")?, Some(Value::Bool(false))),
    };
    let plan = s.assignment().plan(&assign)?;
    Ok(match verb {
        "plan" => Answer::frame(&plan.frame()),
        "head" => Answer::frame(&plan.head()),
        "run" => Answer::frame(&s.assignment().run(&plan)?.frame()),
        _ => return Err(Fault::Case(format!("no verb assignment.{verb}"))),
    })
}

/// The verbs that only targets have.
fn target(s: &Session, verb: &str, on: &On, args: &mut Args<'_>) -> Played {
    let targets = s.targets();
    if verb == "attainment" {
        let below = args.truth("below")?;
        return Ok(Answer::frame(&targets.attainment(args.filter()?.as_ref(), below)?));
    }
    let value = |given: Option<Value>| given.unwrap_or_default();
    let (amount, count) = (value(args.take("amount")?), value(args.take("count")?));
    let fed = TargetFeed { amount, count, at: args.moment("at")? };
    match verb {
        "feed" => Ok(Answer::row(&targets.feed(on.one()?.into(), &fed)?.row())),
        _ => Err(Fault::Case(format!("no verb targets.{verb}"))),
    }
}

/// The verbs that only teams have.
fn team(s: &Session, verb: &str, on: &On, args: &mut Args<'_>) -> Played {
    let teams = s.teams();
    if verb == "workload" {
        return Ok(Answer::frame(&teams.workload()?));
    }
    if verb == "rollup" {
        return Ok(Answer::frame(&teams.rollup()?));
    }
    let team = TeamId(on.one()?);
    if verb == "members" {
        return Ok(Answer::frame(&teams.members(team, args.day("as_of")?)?));
    }
    let user = args.id("user_id")?.ok_or_else(|| Fault::Case("which user_id?".to_owned()))?;
    let member = match verb {
        "add_member" => teams.add_member(team, user, args.fields()?)?,
        "update_member" => teams.update_member(team, user, args.fields()?)?,
        "remove_member" => teams.remove_member(team, user)?,
        _ => return Err(Fault::Case(format!("no verb teams.{verb}"))),
    };
    Ok(Answer::row(&member.row()))
}

fn office(s: &Session, kind: RecordKind, verb: &str, on: &On, args: &mut Args<'_>) -> Played {
    let desk = s.desk(kind);
    Ok(match verb {
        "get" => match args.external_id() {
            Some((system, id)) => Answer::row(&desk.get_external(&system, &id)?),
            None => match args.as_of()? {
                Some(as_of) => Answer::row(&desk.get_as_of(on.one()?, as_of)?),
                None => Answer::row(&desk.get(on.one()?)?),
            },
        },
        "find" => Answer::rows(&desk.find(&args.find()?)?),
        "count" => {
            let filter = args.filter()?;
            Answer::Plain(match args.as_of()? {
                Some(as_of) => desk.count_as_of(filter.as_ref(), as_of)?.into(),
                None => desk.count(filter.as_ref())?.into(),
            })
        }
        "frame" => {
            let columns = args.words("columns");
            let columns: Option<Vec<&str>> =
                columns.as_ref().map(|names| names.iter().map(String::as_str).collect());
            Answer::frame(&desk.frame(&args.find()?, columns.as_deref())?)
        }
        "update" => Answer::one_or_list(&desk.update(&on.ids, args.fields()?)?, on.one),
        "delete" => desk.delete(&on.ids).map(|()| Answer::Nothing)?,
        _ => return Err(Fault::Case(format!("no verb {verb} of a {}", kind.name()))),
    })
}
