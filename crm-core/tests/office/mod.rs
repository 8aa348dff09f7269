//! An office in which anything may happen: bytes become verbs of users on leads.

use crm_core::{
    CompanyId, Convert, Crm, Fields, Filter, Find, ImportOptions, Lead, LeadId, Lost, LostReasonId,
    Merge, OnError, PartnerId, ProbabilityPolicy, Progress, RecordKind, Result, Row, Session,
    StageId, TagId, TeamId, Timestamp, User, UserId, UserRef, Value, fields,
};

/// Who does what to which leads, in bytes: small ones make small acts.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    pub(crate) who: u8,
    pub(crate) verb: u8,
    pub(crate) on: Vec<u8>,
    pub(crate) a: u8,
    pub(crate) b: u8,
    pub(crate) clock: u8,
}

/// What an act does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Create,
    Win,
    Lose,
    Reopen,
    Archive,
    Restore,
    Move,
    Convert,
    Assign,
    Update,
    Copy,
    Delete,
    Merge,
    Unmerge,
    Recompute,
    Import,
    Office,
}

impl Act {
    pub(crate) const fn deed(&self) -> Deed {
        match self.verb % 38 {
            0..=3 => Deed::Create,
            4..=6 => Deed::Win,
            7..=9 => Deed::Lose,
            10..=12 => Deed::Reopen,
            13 | 14 => Deed::Archive,
            15 => Deed::Restore,
            16..=18 => Deed::Move,
            19 | 20 => Deed::Convert,
            21 | 22 => Deed::Assign,
            23..=26 => Deed::Update,
            27 => Deed::Copy,
            28 => Deed::Delete,
            29 => Deed::Recompute,
            30 | 31 => Deed::Import,
            34 | 35 => Deed::Merge,
            36 | 37 => Deed::Unmerge,
            _ => Deed::Office,
        }
    }
}

/// The columns of the files that are imported.
const IMPORTED: [&str; 6] =
    ["id", "name", "expected_revenue", "won_status", "create_date", "date_closed"];

/// Five people, two companies, three teams, six stages, two of them won.
pub(crate) struct Office {
    pub(crate) crm: Crm,
    /// The administrator's session, at the moment of the last act.
    pub(crate) s: Session,
    pub(crate) users: Vec<User>,
    now: Timestamp,
    /// Leads created so far: what an act may mean.
    made: i64,
}

/// A filter, in the order of ids.
pub(crate) fn everything(filter: &str) -> Find {
    Find {
        order: Some("id".to_owned()),
        ..Find::filter(filter).expect("the filter of a test is good")
    }
}

fn id(byte: u8, among: i64) -> i64 {
    1 + i64::from(byte) % among
}

/// One of so many, or nothing.
fn maybe(byte: u8, among: i64) -> Option<i64> {
    (!byte.is_multiple_of(5)).then(|| id(byte / 5, among))
}

impl Office {
    pub(crate) fn open() -> Self {
        let now = Timestamp::parse("2026-03-02T09:00:00Z").expect("an instant");
        let crm = Crm::open(&crate::target::fresh()).expect("it opens");
        let s = crm.session(None, Some(now)).expect("the administrator works");
        let users = Self::people(&s).expect("the office is set up");
        let mut office = Self { crm, s, users, now, made: 1 };
        for n in 0..4 {
            let act = Act { who: u8::MAX, verb: 0, on: vec![0], a: 5 * n + 1, b: 6 * n, clock: 13 };
            office.play(&act).expect("the first leads are created");
        }
        office
    }

    fn people(s: &Session) -> Result<Vec<User>> {
        s.score().configure(&crm_core::score::ScoreConfig {
            fields: Some(vec![
                "source_id".to_owned(),
                "tag_ids".to_owned(),
                "email_state".to_owned(),
            ]),
            start_date: Some(crm_core::Date::new(2026, 3, 3)?),
            model: None,
        })?;
        s.companies().create(fields! { name: "North", currency: "SEK" })?;
        let mut users = Vec::new();
        for (name, role, company) in [
            ("Ada", "admin", None),
            ("Ben", "own", None),
            ("Chloé", "team", None),
            ("Dov", "own", Some(CompanyId(2))),
            ("Eve", "all", Some(CompanyId(2))),
        ] {
            users.push(s.users().create(fields! { name: name, role: role, company_id: company })?);
        }
        let members = |at: &[usize]| Value::Ids(at.iter().map(|at| users[*at].id.0).collect());
        s.teams().create(
            fields! { name: "Harbour", user_id: users[0].id, member_ids: members(&[1, 2]) },
        )?;
        s.teams().create(
            fields! { name: "Inland", company_id: CompanyId(2), member_ids: members(&[3]) },
        )?;
        s.stages()
            .create(fields! { name: "At sea", sequence: 5, team_ids: Value::Ids(vec![2, 3]) })?;
        s.stages().create(fields! { name: "Delivered", sequence: 80, is_won: true })?;
        s.partners().create(fields! { name: "Azure Bakery" })?;
        s.partners().create(fields! { name: "Glacier", company_id: CompanyId(2) })?;
        Ok(users)
    }

    /// The moment of the last act.
    pub(crate) const fn now(&self) -> Timestamp {
        self.now
    }

    /// A session at the moment of the last act.
    pub(crate) fn session(&self, user: Option<&User>) -> Session {
        let user = user.map(|user| UserRef::Id(user.id));
        self.crm.session(user, Some(self.now)).expect("everybody here works")
    }

    /// Every lead, archived or not, by id.
    pub(crate) fn leads(&self) -> Vec<Lead> {
        self.s.leads().find(&everything("active in (true, false)")).expect("leads are listed")
    }

    /// How much the feed has told.
    pub(crate) fn told(&self) -> usize {
        self.crm.feed(0, 100_000).expect("the feed is read").len()
    }

    /// Stages, tags and teams as they are.
    pub(crate) fn office_rows(&self) -> Vec<Row> {
        let kinds = [RecordKind::Stage, RecordKind::Tag, RecordKind::Team];
        kinds
            .iter()
            .flat_map(|kind| self.s.desk(*kind).find(&Find::all()).expect("the office is listed"))
            .collect()
    }

    /// Moves the clock: mostly on, sometimes back.
    fn tick(&mut self, act: &Act) {
        let hours = i64::from(act.clock % 60) - 12;
        let micros = self.now.micros() + hours * 3_600_000_000;
        self.now = Timestamp::stored(
            micros.max(Timestamp::parse("2026-03-01T00:00:00Z").expect("an instant").micros()),
        );
        self.s = self.session(None);
    }

    fn actor(&self, act: &Act) -> Session {
        // Half of it is the administrator's work, so that enough succeeds.
        let at = usize::from(act.who) % (2 * self.users.len());
        self.session(self.users.get(at))
    }

    fn targets(&self, act: &Act) -> Vec<i64> {
        // What is not there is asked for, too.
        act.on.iter().map(|byte| if *byte > 245 { 999 } else { id(*byte, self.made) }).collect()
    }

    /// Plays an act; lists are one verb.
    pub(crate) fn play(&mut self, act: &Act) -> Result<()> {
        self.tick(act);
        let (s, ids) = (self.actor(act), self.targets(act));
        let done = match act.deed() {
            Deed::Create => s.leads().create(self.draft(act)).map(drop),
            Deed::Import => self.import(&s, act),
            _ => verb(&s, act, &ids),
        };
        self.count();
        done
    }

    fn count(&mut self) {
        let last = Find {
            order: Some("id desc".to_owned()),
            limit: Some(1),
            ..everything("active in (true, false)")
        };
        let last = self.s.leads().find(&last).expect("leads are listed");
        self.made = self.made.max(last.first().map_or(0, |lead| lead.id.0));
    }

    /// Plays an act with one verb for each lead, all or none.
    pub(crate) fn play_one_by_one(&mut self, act: &Act) -> Result<()> {
        let whole =
            [Deed::Create, Deed::Recompute, Deed::Import, Deed::Office, Deed::Merge, Deed::Unmerge];
        if whole.contains(&act.deed()) {
            return self.play(act);
        }
        self.tick(act);
        let (s, mut ids) = (self.actor(act), self.targets(act));
        let mut seen = std::collections::BTreeSet::new();
        ids.retain(|id| seen.insert(*id));
        let done = s.atomic(|s| {
            if act.deed() != Deed::Delete {
                // A list is looked up before anything is done; deleting asks for the role before that.
                ids.iter().try_for_each(|id| s.leads().get(LeadId(*id)).map(drop))?;
            }
            ids.iter().try_for_each(|id| verb(s, act, &[*id]))
        });
        self.count();
        done
    }

    /// Plays a verb again that changes nothing the second time; as the administrator, since the first may have given the lead away.
    pub(crate) fn again(&self, act: &Act) -> Option<Result<()>> {
        let once = [
            Deed::Create,
            Deed::Copy,
            Deed::Delete,
            Deed::Merge,
            Deed::Recompute,
            Deed::Import,
            Deed::Office,
        ];
        (!once.contains(&act.deed())).then(|| verb(&self.s, act, &self.targets(act)))
    }

    /// Deals of a file, new and known ones, with what it tells of their past; all or none.
    fn import(&self, s: &Session, act: &Act) -> Result<()> {
        let day = |back: i64| self.now.date().plus_days(-back).to_string();
        let mut file = IMPORTED.join(",") + "\n";
        for (at, byte) in (0_u8..).zip(&act.on) {
            let (a, b) = (act.a.wrapping_add(at), act.b ^ *byte);
            let known = b.is_multiple_of(3).then(|| id(*byte, self.made).to_string());
            let outcome = ["won", "lost", "pending", ""][usize::from(a % 4)];
            let told = |told: bool, back: i64| if told { day(back) } else { String::new() };
            let created = told(known.is_none() && !b.is_multiple_of(5), i64::from(b % 40));
            let closed = told(a % 4 < 2 && !a.is_multiple_of(7), i64::from(a % 30) - 2);
            let known = known.unwrap_or_default();
            file += &format!("{known},Deal,{b},{outcome},{created},{closed}\n");
        }
        let options = ImportOptions { on_error: OnError::Abort, ..ImportOptions::default() };
        // Named, since a file that is no export of this database must not say `id` by itself.
        let mapping = IMPORTED.map(|name| (name.to_owned(), name.to_owned()));
        let (mut file, mut nobody) = (file.as_bytes(), Progress::none());
        s.csv().import(RecordKind::Lead, &mut file, &mapping, &options, &mut nobody).map(drop)
    }

    fn draft(&self, act: &Act) -> Fields {
        let mut draft = fields! { name: "Deal", kind: if act.a.is_multiple_of(4) { "lead" } else { "opportunity" } };
        let mut set = |name: &'static str, given: bool, value: Value| {
            if given {
                draft.set(name, value);
            }
        };
        set("user_id", act.a.is_multiple_of(3), maybe(act.b, 5).into());
        set("team_id", act.b.is_multiple_of(4), maybe(act.a, 3).into());
        set("stage_id", act.a.is_multiple_of(5), maybe(act.b, 6).into());
        set("expected_revenue", act.b.is_multiple_of(2), i64::from(act.a).into());
        set("probability", act.b.is_multiple_of(7), i64::from(act.a % 101).into());
        set("partner_id", act.a.is_multiple_of(6), id(act.b, 2).into());
        set("source_id", act.a.is_multiple_of(2), id(act.b, 3).into());
        set("tag_ids", act.b.is_multiple_of(3), Value::Ids(vec![id(act.a, 3), id(act.b, 3)]));
        set("email_from", act.a.is_multiple_of(7), "ada@harbour.example".into());
        set(
            "date_deadline",
            act.b.is_multiple_of(5),
            self.now.date().plus_days(i64::from(act.a) - 99).into(),
        );
        set("company_id", act.b.is_multiple_of(9), maybe(act.a, 2).into());
        draft
    }
}

fn changes(act: &Act) -> Fields {
    let mut fields = Fields::new();
    match act.a % 8 {
        0 => fields.set("probability", maybe(act.b, 99)),
        1 => fields.set("expected_revenue", i64::from(act.b)),
        2 => fields.set("team_id", maybe(act.b, 3)),
        3 => fields.set("stage_id", maybe(act.b, 6)),
        4 => fields.set("tag_ids", Value::Ids(vec![id(act.b, 8), id(act.b / 2, 8)])),
        5 => fields.set("on_hold", act.b.is_multiple_of(2)),
        6 => fields.set("source_id", maybe(act.b, 4)),
        _ => fields.set("priority", i64::from(act.b % 5)),
    };
    fields
}

fn verb(s: &Session, act: &Act, ids: &[i64]) -> Result<()> {
    let leads = s.leads();
    let ids: Vec<LeadId> = ids.iter().copied().map(LeadId).collect();
    match act.deed() {
        Deed::Win => leads.mark_won(&ids).map(drop),
        Deed::Lose => {
            let lost_reason_id = maybe(act.a, 3).map(LostReasonId);
            leads.mark_lost(&ids, &Lost { lost_reason_id, note: None }).map(drop)
        }
        Deed::Reopen => leads.reopen(&ids).map(drop),
        Deed::Archive => leads.archive(&ids).map(drop),
        Deed::Restore => leads.restore(&ids).map(drop),
        Deed::Move => leads.move_to(&ids, StageId(id(act.a, 7))).map(drop),
        Deed::Convert => {
            let convert = Convert {
                partner_id: maybe(act.a, 2).map(PartnerId),
                user_id: maybe(act.b, 5).map(UserId),
                ..Convert::default()
            };
            leads.convert(&ids, &convert).map(drop)
        }
        Deed::Assign => {
            let (user, team) = (maybe(act.a, 5).map(UserId), maybe(act.b, 3).map(TeamId));
            leads.assign_to(&ids, user, team).map(drop)
        }
        Deed::Update => leads.update(&ids, changes(act)).map(drop),
        Deed::Copy => leads.copy(&ids).map(drop),
        Deed::Delete => leads.delete(&ids),
        Deed::Merge => {
            let given = Merge { user_id: None, team_id: maybe(act.a, 7).map(TeamId) };
            leads.merge(&ids, &given).map(drop)
        }
        Deed::Unmerge => leads.unmerge(id(act.a, 6)).map(drop),
        Deed::Recompute => s.score().recompute(&mut Progress::none()).map(drop),
        Deed::Create | Deed::Import | Deed::Office => of_the_office(s, act),
    }
}

/// A policy, or none.
fn policy(byte: u8) -> Option<&'static str> {
    maybe(byte, 4)
        .and_then(|at| ProbabilityPolicy::WORDS.get(usize::try_from(at - 1).ok()?))
        .copied()
}

fn of_the_office(s: &Session, act: &Act) -> Result<()> {
    match act.a % 8 {
        6 => s
            .teams()
            .update(TeamId(id(act.b, 3)), fields! { probability_policy: policy(act.on[0]) })
            .map(drop),
        7 if act.b.is_multiple_of(2) => s
            .companies()
            .update(CompanyId(id(act.on[0], 2)), fields! { probability_policy: policy(act.b) })
            .map(drop),
        7 => s
            .teams()
            .update(TeamId(id(act.b, 3)), fields! { parent_id: maybe(act.on[0], 3) })
            .map(drop),
        0 => s
            .stages()
            .update(StageId(id(act.b, 6)), fields! { is_won: act.on.len() == 1 })
            .map(drop),
        1 => s.tags().delete(TagId(id(act.b, 8))),
        2 => s
            .stages()
            .update(StageId(id(act.b, 6)), fields! { sequence: i64::from(act.on[0] % 90) })
            .map(drop),
        3 => s.teams().delete(TeamId(id(act.b, 3))),
        4 => s.score().rebuild(&mut Progress::none()).map(drop),
        _ => {
            let filter = Filter::parse("won_status = \"pending\"")?;
            s.leads().count(Some(&filter)).map(drop)
        }
    }
}
