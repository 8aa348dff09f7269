//! Roles × verbs × relations: every verb of every desk, done by every role to records that stand in every relation to who acts. The answers are a
//! golden table, `tests/golden/rights.txt`, which is to be read when it changes.
//!
//! The verbs are read off the sources, so that a new one without a row fails here.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use crm_core::duplicate::{DuplicateOf, DuplicateQuery, DuplicateScan};
use crm_core::forecast::ForecastQuery;
use crm_core::score::{Backtest, ScoreConfig};
use crm_core::{
    ActivityId, AddressType, AsOf, Assign, AuditQuery, Convert, Crm, Date, ErrorKind, Fields,
    Filter, Find, HandOver, ImportOptions, LeadId, Lost, Merge, PartnerId, PartnerMerge, Progress,
    PropertyDefinition, PropertyKind, RecordKind, Result, Schedule, Session, StageId, TargetFeed,
    TeamId, Timestamp, UserId, Value, fields,
};

/// The last is the session without a user.
const ROLES: [&str; 8] =
    ["external", "own", "team", "sub_tree", "company", "all", "admin", "session"];
const LEADS: &[&str] = &["own", "nobody", "team", "below", "company", "foreign", "ruled"];
const PARTNERS: &[&str] = &["own", "company", "private", "foreign", "ruled"];
const OFFICE: &[&str] = &["office"];
const NOTHING: &[&str] = &["-"];

/// What a verb is done to, and by whom.
#[derive(Debug, Clone, Default)]
struct On {
    /// What another system calls the other one.
    name: &'static str,
    id: i64,
    /// Another one in the same relation.
    twin: i64,
    /// A merge of two more.
    merge: i64,
    activity: i64,
    message: i64,
    contact: i64,
    role: i64,
    me: UserId,
    other: UserId,
    /// Members of no team.
    spare: UserId,
    free: UserId,
    team: TeamId,
}

/// A verb: whether the record was found by what lists, or done.
type Deed = fn(&Session, &On) -> Result<bool>;
type Row = (&'static str, &'static [&'static str], Deed);

/// A world for one role.
struct World {
    crm: Crm,
    me: UserId,
    /// Records by kind of relation (`lead`, `partner`, or a kind of the office) and relation.
    on: BTreeMap<(&'static str, &'static str), On>,
}

impl World {
    fn session(&self, role: &str) -> Session {
        session(&self.crm, (role != "session").then_some(self.me))
    }
}

fn now() -> Timestamp {
    Timestamp::parse("2026-03-02T09:00:00Z").unwrap()
}

fn session(crm: &Crm, user: Option<UserId>) -> Session {
    crm.session(user.map(Into::into), Some(now())).unwrap()
}

fn world(role: &str) -> World {
    let crm = Crm::open(":memory:").unwrap();
    let s = session(&crm, None);
    let there = s.companies().create(fields! { name: "Abroad", currency: "EUR" }).unwrap().id;
    let entity = s.partners().create(fields! { name: "Outside", is_company: true }).unwrap().id;
    let user = |name: &str, role: &str| {
        let role = if role == "session" { "admin" } else { role };
        let card =
            fields! { name: name, login: name, role: role, company_id: 1, partner_id: entity };
        s.users().create(card).unwrap().id
    };
    let (me, other) = (user("me", role), user("other", "own"));
    s.users().update(other, fields! { company_ids: Value::Ids(vec![there.0]) }).unwrap();
    let team = |name: &str, mut fields: Fields| {
        fields.set("name", name.to_owned());
        s.teams().create(fields).unwrap().id
    };
    let members = |ids: &[UserId]| Value::Ids(ids.iter().map(|id| id.0).collect());
    let mine = team("Mine", fields! { member_ids: members(&[me]) });
    let below = team("Below", fields! { parent_id: mine });
    let aside = team("Aside", fields! { member_ids: members(&[other]) });
    let mut on = BTreeMap::new();
    let (spare, free) = (user("spare", "own"), user("free", "own"));
    let base = On { me, other, spare, free, team: aside, ..On::default() };
    for relation in LEADS.iter().copied() {
        let mut card = fields! { user_id: other, team_id: aside, email_from: format!("{relation}@moss.example") };
        match relation {
            "own" | "ruled" => {
                card.set("user_id", me.0);
                card.set("partner_id", entity.0);
                card.set("city", if relation == "ruled" { "Hidden" } else { "Seen" });
            }
            "nobody" => {
                card.set("user_id", Value::Null);
                card.set("team_id", Value::Null);
            }
            "team" => drop(card.set("team_id", mine.0)),
            "below" => drop(card.set("team_id", below.0)),
            "foreign" => {
                card.set("company_id", there.0);
                card.set("team_id", Value::Null);
            }
            _ => {}
        }
        let four: Vec<i64> = (0..4)
            .map(|n| {
                let mut card = card.clone();
                card.set("name", format!("{relation} {n}"));
                if n == 1 {
                    card.external_id = Some(("erp".to_owned(), relation.to_owned()));
                }
                s.leads().create(card).unwrap().id.0
            })
            .collect();
        let merged =
            s.leads().merge(&[LeadId(four[2]), LeadId(four[3])], &Merge::default()).unwrap();
        let activity = s.activities().schedule(LeadId(four[0]), &call()).unwrap().id.0;
        let message = s.chatter().post(LeadId(four[0]), "hello", false).unwrap().0;
        let found = On {
            name: relation,
            id: four[0],
            twin: four[1],
            merge: merged.merge_id,
            activity,
            message,
            ..base.clone()
        };
        on.insert(("lead", relation), found);
    }
    for relation in PARTNERS.iter().copied() {
        let mut card = fields! { city: "Lyon", email: format!("{relation}@azure.example") };
        match relation {
            "own" => {
                card.set("user_id", me.0);
                card.set("parent_id", entity.0);
            }
            "private" => drop(card.set("address_type", "private")),
            "foreign" => drop(card.set("company_id", there.0)),
            "ruled" => drop(card.set("city", "Hidden")),
            _ => {}
        }
        let four: Vec<i64> = (0..4)
            .map(|n| {
                let mut card = card.clone();
                card.set("name", format!("Person {relation}"));
                if n == 1 {
                    card.external_id = Some(("erp".to_owned(), relation.to_owned()));
                }
                s.partners().create(card).unwrap().id.0
            })
            .collect();
        let pair = [PartnerId(four[2]), PartnerId(four[3])];
        let merged = s.partners().merge(&pair, &PartnerMerge::default()).unwrap();
        let of = four[0];
        let contact = fields! { partner_id: of, channel: "email", kind: "billing", value: format!("bills@{relation}.example") };
        let contact = s.partner_contacts().create(contact).unwrap().id.0;
        let role = s.partner_roles().create(fields! { partner_id: of, role: "customer" });
        let activity = s.activities().schedule(PartnerId(of), &call()).unwrap().id.0;
        let message = s.chatter().post(PartnerId(of), "hello", false).unwrap().0;
        let found = On {
            name: relation,
            id: of,
            twin: four[1],
            merge: merged.merge_id,
            activity,
            message,
            contact,
            role: role.unwrap().id.0,
            ..base.clone()
        };
        on.insert(("partner", relation), found);
    }
    for kind in RecordKind::ALL.iter().filter(|kind| is_office(**kind)) {
        let id = s.desk(*kind).create(vec![draft(*kind, &base, "there")]).unwrap()[0].clone();
        let id = id.get("id").unwrap().as_int().unwrap();
        on.insert((kind.name(), "office"), On { id, ..base.clone() });
    }
    on.insert(("-", "-"), base);
    for record in ["lead", "partner"] {
        let open =
            fields! { name: "open", record: record, filter: "city is null or city != \"Hidden\"" };
        s.rules().create(open).unwrap();
    }
    World { crm, me, on }
}

const fn is_office(kind: RecordKind) -> bool {
    !matches!(
        kind,
        RecordKind::Lead
            | RecordKind::Partner
            | RecordKind::Activity
            | RecordKind::Message
            | RecordKind::PartnerContact
            | RecordKind::PartnerRole
    )
}

/// What a new record of a kind needs.
fn draft(kind: RecordKind, on: &On, name: &str) -> Fields {
    let mut new = fields! { name: name };
    match kind {
        RecordKind::Company => drop(new.set("currency", "EUR")),
        RecordKind::User => drop(new.set("login", name)),
        RecordKind::TeamMember => {
            new = fields! { team_id: on.team, user_id: if name == "there" { on.spare } else { on.free } }
        }
        RecordKind::RecurringPlan => drop(new.set("number_of_months", 7)),
        RecordKind::Rule => {
            new = fields! { name: name, record: "lead", filter: "id > 0" };
        }
        RecordKind::Target => {
            new = fields! { name: name, team_id: on.team, metric: name, count: 5, date_from: "2026-01-01", date_to: "2026-12-31" };
        }
        _ => {}
    }
    new
}

fn filter(id: i64) -> Filter {
    Filter::parse(&format!("id = {id}")).unwrap()
}

/// Archived ones, too.
fn any(id: i64) -> Find {
    Find::filter(&format!("id = {id} and active in (true, false)")).unwrap()
}

fn done<T>(answer: Result<T>) -> Result<bool> {
    answer.map(|_| true)
}

fn lead(on: &On) -> LeadId {
    LeadId(on.id)
}

fn partner(on: &On) -> PartnerId {
    PartnerId(on.id)
}

fn leads(on: &On) -> [LeadId; 2] {
    [LeadId(on.id), LeadId(on.twin)]
}

fn partners(on: &On) -> [PartnerId; 2] {
    [PartnerId(on.id), PartnerId(on.twin)]
}

fn call() -> Schedule {
    Schedule { activity_type_id: 3.into(), ..Schedule::default() }
}

fn past() -> AsOf {
    now().into()
}

fn as_of(on: &On) -> Find {
    Find { as_of: Some(past()), ..any(on.id) }
}

fn exported(s: &Session, kind: RecordKind, on: &On) -> Result<bool> {
    Ok(s.csv().export(kind, &mut Vec::new(), Some(&filter(on.id)), None)? > 0)
}

fn imported(s: &Session, kind: RecordKind, text: &str) -> Result<bool> {
    let options = ImportOptions { on_error: crm_core::OnError::Abort, ..ImportOptions::default() };
    done(s.csv().import(kind, &mut text.as_bytes(), &[], &options, &mut Progress::none()))
}

fn audited(s: &Session, kind: RecordKind, on: &On) -> Result<bool> {
    let query =
        AuditQuery { record: Some(kind), id: Some(on.id), limit: 10, ..AuditQuery::default() };
    Ok(!s.audit().find(&query)?.is_empty())
}

fn alike(s: &Session, of: DuplicateOf, on: &On) -> Result<bool> {
    let found = s.duplicates().find(&DuplicateQuery::of(of))?;
    Ok(found.iter().any(|found| found.record_id == on.twin))
}

fn scanned(s: &Session, kind: RecordKind, on: &On) -> Result<bool> {
    let found = s.duplicates().scan(&DuplicateScan::of(kind), &mut Progress::none())?;
    Ok(found.iter().any(|set| set.ids.contains(&on.twin)))
}

fn mine(s: &Session, on: &On) -> Result<bool> {
    let asked = HandOver {
        record: Some(RecordKind::Lead),
        filter: Some(filter(on.id)),
        ..HandOver::all(on.me, on.other)
    };
    Ok(!s.assignment().hand_over(&asked)?.is_empty())
}

fn theirs(s: &Session, on: &On) -> Result<bool> {
    let asked = HandOver {
        record: Some(RecordKind::Lead),
        filter: Some(filter(on.id)),
        ..HandOver::all(on.other, on.me)
    };
    Ok(!s.assignment().plan_hand_over(&asked)?.is_empty())
}

const ROWS: &[Row] = &[
    ("leads.create", NOTHING, |s, _| done(s.leads().create(fields! { name: "new" }))),
    ("leads.create_many", NOTHING, |s, _| {
        done(s.leads().create_many(vec![fields! { name: "new" }]))
    }),
    ("leads.get", LEADS, |s, on| done(s.leads().get(lead(on)))),
    ("leads.get_as_of", LEADS, |s, on| done(s.leads().get_as_of(lead(on), past()))),
    ("leads.get_external", LEADS, |s, on| done(s.leads().get_external("erp", on.name))),
    ("leads.find", LEADS, |s, on| Ok(!s.leads().find(&any(on.id))?.is_empty())),
    ("leads.find as of", LEADS, |s, on| Ok(!s.leads().find(&as_of(on))?.is_empty())),
    ("leads.count", LEADS, |s, on| Ok(s.leads().count(Some(&filter(on.id)))? > 0)),
    ("leads.count_as_of", LEADS, |s, on| {
        Ok(s.leads().count_as_of(Some(&filter(on.id)), past())? > 0)
    }),
    ("leads.frame", LEADS, |s, on| Ok(!s.leads().frame(&any(on.id), None)?.is_empty())),
    ("leads.partner_updates", LEADS, |s, on| done(s.leads().partner_updates(&[lead(on)]))),
    ("leads.history", LEADS, |s, on| done(s.leads().history(lead(on)))),
    ("leads.update", LEADS, |s, on| done(s.leads().update(lead(on), fields! { priority: 2 }))),
    ("leads.edit", LEADS, |s, on| done(s.leads().edit(lead(on), |lead| lead.priority = 2))),
    ("leads.mark_won", LEADS, |s, on| done(s.leads().mark_won(lead(on)))),
    ("leads.mark_lost", LEADS, |s, on| done(s.leads().mark_lost(lead(on), &Lost::default()))),
    ("leads.reopen", LEADS, |s, on| done(s.leads().reopen(lead(on)))),
    ("leads.archive", LEADS, |s, on| done(s.leads().archive(lead(on)))),
    ("leads.restore", LEADS, |s, on| done(s.leads().restore(lead(on)))),
    ("leads.move_to", LEADS, |s, on| done(s.leads().move_to(lead(on), StageId(2)))),
    ("leads.assign_to", LEADS, |s, on| done(s.leads().assign_to(lead(on), Some(on.other), None))),
    ("leads.claim", LEADS, |s, on| done(s.leads().claim(lead(on)))),
    ("leads.copy", LEADS, |s, on| done(s.leads().copy(lead(on)))),
    ("leads.delete", LEADS, |s, on| done(s.leads().delete(LeadId(on.twin)))),
    ("leads.plan_convert", LEADS, |s, on| {
        done(s.leads().plan_convert(&[lead(on)], &Convert::default()))
    }),
    ("leads.convert", LEADS, |s, on| done(s.leads().convert(lead(on), &Convert::default()))),
    ("leads.plan_merge", LEADS, |s, on| done(s.leads().plan_merge(&leads(on), &Merge::default()))),
    ("leads.merge", LEADS, |s, on| done(s.leads().merge(&leads(on), &Merge::default()))),
    ("leads.merge_clusters", LEADS, |s, on| {
        done(s.leads().merge_clusters(&[leads(on).to_vec()], &Merge::default()))
    }),
    ("leads.unmerge", LEADS, |s, on| done(s.leads().unmerge(on.merge))),
    ("leads.merges", LEADS, |s, on| {
        Ok(s.leads().merges(None, None)?.iter().any(|merge| merge.merge_id == on.merge))
    }),
    ("leads.merged_into", LEADS, |s, on| done(s.leads().merged_into(lead(on)))),
    ("activities.schedule", LEADS, |s, on| done(s.activities().schedule(lead(on), &call()))),
    ("activities.schedule_about", PARTNERS, |s, on| {
        done(s.activities().schedule_about(RecordKind::Partner, &[on.id], &call()))
    }),
    ("activities.done", LEADS, |s, on| done(s.activities().done(ActivityId(on.activity), None))),
    ("activities.cancel", LEADS, |s, on| done(s.activities().cancel(ActivityId(on.activity)))),
    ("activities.reschedule", LEADS, |s, on| {
        let day = Date::parse("2026-04-01")?;
        done(s.activities().reschedule(ActivityId(on.activity), day))
    }),
    ("activities.update", LEADS, |s, on| {
        done(s.activities().update(ActivityId(on.activity), fields! { summary: "x" }))
    }),
    ("activities.get", LEADS, |s, on| done(s.activities().get(ActivityId(on.activity)))),
    ("activities.get of a partner", PARTNERS, |s, on| {
        done(s.activities().get(ActivityId(on.activity)))
    }),
    ("activities.find", LEADS, |s, on| Ok(!s.activities().find(&of(on.activity))?.is_empty())),
    ("activities.count", LEADS, |s, on| Ok(s.activities().count(Some(&filter(on.activity)))? > 0)),
    ("activities.frame", LEADS, |s, on| {
        Ok(!s.activities().frame(&of(on.activity), None)?.is_empty())
    }),
    ("activities.status", LEADS, |s, on| done(s.activities().status(&[lead(on)]))),
    ("chatter.post", LEADS, |s, on| done(s.chatter().post(lead(on), "hi", false))),
    ("chatter.post_about", PARTNERS, |s, on| {
        done(s.chatter().post_about(RecordKind::Partner, &[on.id], "hi", false))
    }),
    ("chatter.list", LEADS, |s, on| done(s.chatter().list(lead(on)))),
    ("chatter.get", LEADS, |s, on| done(s.chatter().get(on.message.into()))),
    ("chatter.get of a partner", PARTNERS, |s, on| done(s.chatter().get(on.message.into()))),
    ("chatter.find", LEADS, |s, on| Ok(!s.chatter().find(&of(on.message))?.is_empty())),
    ("chatter.count", LEADS, |s, on| Ok(s.chatter().count(Some(&filter(on.message)))? > 0)),
    ("chatter.frame", LEADS, |s, on| Ok(!s.chatter().frame(&of(on.message), None)?.is_empty())),
    ("partners.create", NOTHING, |s, _| done(s.partners().create(fields! { name: "new" }))),
    ("partners.get", PARTNERS, |s, on| done(s.partners().get(partner(on)))),
    ("partners.get_external", PARTNERS, |s, on| done(s.partners().get_external("erp", on.name))),
    ("partners.find", PARTNERS, |s, on| Ok(!s.partners().find(&any(on.id))?.is_empty())),
    ("partners.count", PARTNERS, |s, on| Ok(s.partners().count(Some(&filter(on.id)))? > 0)),
    ("partners.frame", PARTNERS, |s, on| Ok(!s.partners().frame(&any(on.id), None)?.is_empty())),
    ("partners.update", PARTNERS, |s, on| {
        done(s.partners().update(partner(on), fields! { zip: "1" }))
    }),
    ("partners.delete", PARTNERS, |s, on| done(s.partners().delete(PartnerId(on.twin)))),
    ("partners.address_for", PARTNERS, |s, on| {
        done(s.partners().address_for(partner(on), AddressType::parse("contact")?))
    }),
    ("partners.roles", PARTNERS, |s, on| done(s.partners().roles(partner(on)))),
    ("partners.role_as_of", PARTNERS, |s, on| {
        done(s.partners().role_as_of(partner(on), now().date()))
    }),
    ("partners.subject_export", PARTNERS, |s, on| done(s.partners().subject_export(partner(on)))),
    ("partners.subject_erase", PARTNERS, |s, on| {
        done(s.partners().subject_erase(partner(on), &[]))
    }),
    ("partners.plan_merge", PARTNERS, |s, on| {
        done(s.partners().plan_merge(&partners(on), &PartnerMerge::default()))
    }),
    ("partners.merge", PARTNERS, |s, on| {
        done(s.partners().merge(&partners(on), &PartnerMerge::default()))
    }),
    ("partners.merge_clusters", PARTNERS, |s, on| {
        done(s.partners().merge_clusters(&[partners(on).to_vec()], &PartnerMerge::default()))
    }),
    ("partners.unmerge", PARTNERS, |s, on| done(s.partners().unmerge(on.merge))),
    ("partners.merges", PARTNERS, |s, on| {
        Ok(s.partners().merges(None, None)?.iter().any(|merge| merge.merge_id == on.merge))
    }),
    ("partners.merged_into", PARTNERS, |s, on| done(s.partners().merged_into(partner(on)))),
    ("partner_contacts.create", PARTNERS, |s, on| {
        let new = fields! { partner_id: on.id, channel: "email", kind: "billing", value: "new@h.example" };
        done(s.partner_contacts().create(new))
    }),
    ("partner_contacts.get", PARTNERS, |s, on| done(s.partner_contacts().get(on.contact.into()))),
    ("partner_contacts.find", PARTNERS, |s, on| {
        Ok(!s.partner_contacts().find(&of(on.contact))?.is_empty())
    }),
    ("partner_contacts.update", PARTNERS, |s, on| {
        done(
            s.desk(RecordKind::PartnerContact)
                .update(&[on.contact], fields! { value: "two@h.example" }),
        )
    }),
    ("partner_contacts.delete", PARTNERS, |s, on| {
        done(s.desk(RecordKind::PartnerContact).delete(&[on.contact]))
    }),
    ("partner_roles.create", PARTNERS, |s, on| {
        done(s.partner_roles().create(fields! { partner_id: on.id, role: "supplier" }))
    }),
    ("partner_roles.get", PARTNERS, |s, on| done(s.partner_roles().get(on.role.into()))),
    ("partner_roles.find", PARTNERS, |s, on| Ok(!s.partner_roles().find(&of(on.role))?.is_empty())),
    ("partner_roles.update", PARTNERS, |s, on| {
        done(s.desk(RecordKind::PartnerRole).update(&[on.role], fields! { role: "supplier" }))
    }),
    ("partner_roles.delete", PARTNERS, |s, on| {
        done(s.desk(RecordKind::PartnerRole).delete(&[on.role]))
    }),
    ("teams.add_member", NOTHING, |s, on| {
        done(s.teams().add_member(on.team, on.free, Fields::new()))
    }),
    ("teams.update_member", NOTHING, |s, on| {
        done(s.teams().update_member(on.team, on.other, fields! { assignment_max: 3 }))
    }),
    ("teams.remove_member", NOTHING, |s, on| done(s.teams().remove_member(on.team, on.other))),
    ("teams.members", NOTHING, |s, on| done(s.teams().members(on.team, None))),
    ("teams.workload", NOTHING, |s, _| done(s.teams().workload())),
    ("teams.rollup", NOTHING, |s, _| done(s.teams().rollup())),
    ("targets.feed", OFFICE, |s, on| {
        let fed = TargetFeed { count: 3.into(), ..TargetFeed::default() };
        done(s.targets().feed(on.id.into(), &fed))
    }),
    ("targets.attainment", OFFICE, |s, on| {
        Ok(!s.targets().attainment(Some(&filter(on.id)), false)?.is_empty())
    }),
    ("settings.get", NOTHING, |s, _| done(s.settings().get("use_leads"))),
    ("settings.set", NOTHING, |s, _| done(s.settings().set("use_leads", true))),
    ("settings.all", NOTHING, |s, _| done(s.settings().all())),
    ("properties.declare", NOTHING, |s, _| {
        let seats = PropertyDefinition::new(RecordKind::Lead, "Seats", PropertyKind::Number);
        done(s.properties().declare(&seats))
    }),
    ("properties.list", NOTHING, |s, _| done(s.properties().list(RecordKind::Lead))),
    ("score.configure", NOTHING, |s, _| done(s.score().configure(&ScoreConfig::default()))),
    ("score.configuration", NOTHING, |s, _| done(s.score().configuration())),
    ("score.parameters", NOTHING, |s, _| done(s.score().parameters())),
    ("score.health", NOTHING, |s, _| done(s.score().health(&mut Progress::none()))),
    ("score.rebuild", NOTHING, |s, _| done(s.score().rebuild(&mut Progress::none()))),
    ("score.recompute", NOTHING, |s, _| done(s.score().recompute(&mut Progress::none()))),
    ("score.backtest", NOTHING, |s, _| {
        done(s.score().backtest(&Backtest::default(), &mut Progress::none()))
    }),
    ("score.frequencies", NOTHING, |s, _| done(s.score().frequencies())),
    ("score.predict", LEADS, |s, on| {
        Ok(!s.score().predict(Some(&filter(on.id)), None, &mut Progress::none())?.is_empty())
    }),
    ("score.explain", LEADS, |s, on| done(s.score().explain(lead(on)))),
    ("score.nearest", LEADS, |s, on| done(s.score().nearest(lead(on)))),
    ("duplicates.find", LEADS, |s, on| alike(s, DuplicateOf::Lead(lead(on)), on)),
    ("duplicates.find of a partner", PARTNERS, |s, on| {
        alike(s, DuplicateOf::Partner(partner(on)), on)
    }),
    ("duplicates.scan", LEADS, |s, on| scanned(s, RecordKind::Lead, on)),
    ("duplicates.scan of partners", PARTNERS, |s, on| scanned(s, RecordKind::Partner, on)),
    ("assignment.plan", NOTHING, |s, _| done(s.assignment().plan(&Assign::default()))),
    ("assignment.run", NOTHING, |s, _| {
        let plan = s.assignment().plan(&Assign::default())?;
        done(s.assignment().run(&plan))
    }),
    ("assignment.plan_hand_over", LEADS, theirs),
    ("assignment.hand_over", LEADS, mine),
    ("forecast.board", LEADS, |s, on| {
        Ok(s.forecast().board(Some(&filter(on.id)))?.iter().any(|column| column.count > 0))
    }),
    ("forecast.board_as_of", LEADS, |s, on| {
        Ok(s.forecast()
            .board_as_of(Some(&filter(on.id)), past())?
            .iter()
            .any(|column| column.count > 0))
    }),
    ("forecast.weighted", LEADS, |s, on| {
        let query = ForecastQuery { filter: Some(filter(on.id)), ..ForecastQuery::default() };
        Ok(!s.forecast().weighted(&query)?.rows.is_empty())
    }),
    ("access.why_can", NOTHING, |s, on| {
        done(s.access().why_can(on.me, "read", RecordKind::Lead, None))
    }),
    ("access.why_can of another", NOTHING, |s, on| {
        done(s.access().why_can(on.other, "read", RecordKind::Lead, None))
    }),
    ("access.why_can about a lead", LEADS, |s, on| {
        Ok(s.access().why_can(on.me, "update", RecordKind::Lead, Some(on.id))?.can)
    }),
    ("audit.find", LEADS, |s, on| audited(s, RecordKind::Lead, on)),
    ("audit.find of a partner", PARTNERS, |s, on| audited(s, RecordKind::Partner, on)),
    ("audit.seal", NOTHING, |s, _| done(s.audit().seal())),
    ("audit.verify", NOTHING, |s, _| done(s.audit().verify(None))),
    ("csv.import", LEADS, |s, on| {
        imported(s, RecordKind::Lead, &format!("external_id(erp),priority\n{},2\n", on.name))
    }),
    ("csv.import of a tag", NOTHING, |s, _| imported(s, RecordKind::Tag, "name\nnew\n")),
    ("csv.export", LEADS, |s, on| exported(s, RecordKind::Lead, on)),
    ("csv.export of partners", PARTNERS, |s, on| exported(s, RecordKind::Partner, on)),
    ("csv.export_file", LEADS, |s, on| {
        let path = env::temp_dir().join(format!("crm-rights-{}.csv", std::process::id()));
        let written = s.csv().export_file(RecordKind::Lead, &path, Some(&filter(on.id)), None);
        let _ = fs::remove_file(path);
        Ok(written? > 0)
    }),
    ("csv.columns", NOTHING, |s, _| done(s.csv().columns(RecordKind::Lead))),
];

fn of(id: i64) -> Find {
    Find::filter(&format!("id = {id}")).unwrap()
}

/// What every desk of the office has.
type OfficeDeed = fn(&Session, RecordKind, &On) -> Result<bool>;
const OFFICE_ROWS: &[(&str, OfficeDeed)] = &[
    ("create", |s, kind, on| done(s.desk(kind).create(vec![draft(kind, on, "new")]))),
    ("get", |s, kind, on| done(s.desk(kind).get(on.id))),
    ("find", |s, kind, on| Ok(!s.desk(kind).find(&of(on.id))?.is_empty())),
    ("count", |s, kind, on| Ok(s.desk(kind).count(Some(&filter(on.id)))? > 0)),
    ("frame", |s, kind, on| Ok(!s.desk(kind).frame(&of(on.id), None)?.is_empty())),
    ("csv", exported),
    ("audit", audited),
    ("update", |s, kind, on| {
        let change = match kind {
            RecordKind::TeamMember => fields! { assignment_max: 3 },
            _ => fields! { name: "changed" },
        };
        done(s.desk(kind).update(&[on.id], change))
    }),
    ("delete", |s, kind, on| done(s.desk(kind).delete(&[on.id]))),
];

/// Verbs of desks that are generic over kinds and are those of [`OFFICE_ROWS`], said otherwise.
const SAME: &[&str] = &["create_many", "get_external", "get_as_of", "count_as_of"];

/// An erasure is no part of a transaction that can be taken back: it has a world of its own.
fn erased(role: &str, asked: &World, relation: &'static str) -> &'static str {
    let world = if role == "session" { &world(role) } else { asked };
    let on = &world.on[&("partner", relation)];
    told(done(world.session(role).partners().subject_erase(partner(on), &[])))
}

/// What a role is answered. Nothing that is done is kept.
fn answer(s: &Session, deed: impl FnOnce(&Session) -> Result<bool>) -> &'static str {
    s.begin().unwrap();
    let answer = deed(s);
    s.rollback().unwrap();
    told(answer)
}

fn told(answer: Result<bool>) -> &'static str {
    match answer {
        Ok(true) => "yes",
        Ok(false) => "-",
        Err(error) => match error.kind() {
            ErrorKind::Denied => "denied",
            ErrorKind::NotFound => "not found",
            ErrorKind::Conflict => "conflict",
            ErrorKind::Invalid if error.message().contains("there is no ") => "no such",
            ErrorKind::Invalid if error.message().contains("claims nothing") => "nobody",
            ErrorKind::Invalid if error.message().contains("would not see") => "blind",
            other => panic!("{other:?} {error}"),
        },
    }
}

#[test]
fn every_role_does_every_verb() {
    let mut table: BTreeMap<(String, &str), Vec<&str>> = BTreeMap::new();
    for role in ROLES {
        let world = world(role);
        let s = world.session(role);
        for (verb, relations, deed) in ROWS {
            for relation in *relations {
                let kind = match *relations {
                    LEADS => "lead",
                    PARTNERS => "partner",
                    OFFICE => "target",
                    _ => "-",
                };
                let on = &world.on[&(kind, *relation)];
                let told = match *verb {
                    "partners.subject_erase" => erased(role, &world, relation),
                    _ => answer(&s, |s| deed(s, on)),
                };
                table.entry(((*verb).to_owned(), relation)).or_default().push(told);
            }
        }
        for kind in RecordKind::ALL.iter().copied().filter(|kind| is_office(*kind)) {
            let on = &world.on[&(kind.name(), OFFICE[0])];
            for (verb, deed) in OFFICE_ROWS {
                let told = answer(&s, |s| deed(s, kind, on));
                table.entry((format!("{}.{verb}", kind.name()), OFFICE[0])).or_default().push(told);
            }
        }
    }
    let mut text = String::from("verb | to what | ");
    writeln!(text, "{}", ROLES.join(" | ")).unwrap();
    for ((verb, relation), told) in table {
        writeln!(text, "{verb} | {relation} | {}", told.join(" | ")).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/rights.txt");
    if env::var_os("CRM_UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    for (is, was) in text.lines().zip(golden.lines()) {
        assert_eq!(
            is, was,
            "rights differ from tests/golden/rights.txt; CRM_UPDATE=1 writes it anew"
        );
    }
    assert_eq!(text.lines().count(), golden.lines().count(), "rows of tests/golden/rights.txt");
}

/// The desks that a session has, by the words of their types.
fn desks() -> BTreeMap<String, String> {
    let text = source("session.rs");
    let mut found = BTreeMap::from([("Desk<'_, Partner>".to_owned(), "partners".to_owned())]);
    found.insert("Desk<'_, Team>".to_owned(), "teams".to_owned());
    found.insert("Desk<'_, Target>".to_owned(), "targets".to_owned());
    for line in text.lines().map(str::trim) {
        let Some((name, answer)) =
            line.strip_prefix("pub fn ").and_then(|line| line.split_once("(&self"))
        else {
            continue;
        };
        if let Some((kind, _)) =
            answer.split_once("-> ").and_then(|(_, kind)| kind.split_once("<'_>"))
        {
            found.insert(kind.to_owned(), name.to_owned());
        }
    }
    found
}

fn source(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file)).unwrap()
}

/// Every source file below a folder.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_verb_has_a_row() {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let (desks, mut verbs, mut generic) = (desks(), BTreeSet::new(), BTreeSet::new());
    for text in all {
        let mut at: Option<String> = None;
        for line in text.lines() {
            if line.starts_with("impl") {
                let kind = line.trim_end_matches(" {").replace("'s", "'_");
                let kind =
                    kind.trim_start_matches("impl<'_> ").trim_start_matches("impl ").to_owned();
                at = if kind.contains(" for ") { None } else { Some(kind) };
            } else if line == "}" {
                at = None;
            }
            let Some(kind) = &at else { continue };
            let line = line.trim();
            let Some(verb) = line.strip_prefix("pub fn ") else { continue };
            let verb = verb.split(['(', '<']).next().unwrap().to_owned();
            if kind.contains("Desk<'_, R>") || kind == "AnyDesk<'_>" {
                generic.insert(verb);
            } else if let Some(desk) =
                desks.get(kind).or_else(|| desks.get(kind.trim_end_matches("<'_>")))
            {
                verbs.insert(format!("{desk}.{verb}"));
            }
        }
    }
    let bare = |name: &str| name.split(' ').next().unwrap_or(name).to_owned();
    let rows: BTreeSet<String> = ROWS.iter().map(|(name, ..)| bare(name)).collect();
    let missing: Vec<_> = verbs.difference(&rows).collect();
    assert!(verbs.len() > 90, "the verbs are read off the sources: {verbs:?}");
    assert!(missing.is_empty(), "verbs without a row in ROWS: {missing:?}");
    let known: BTreeSet<String> = OFFICE_ROWS
        .iter()
        .map(|(name, _)| *name)
        .chain(SAME.iter().copied())
        .map(str::to_owned)
        .collect();
    let missing: Vec<_> = generic.difference(&known).collect();
    assert!(missing.is_empty(), "verbs of every desk without a row in OFFICE_ROWS: {missing:?}");
    // Nothing is a row that is no verb any more.
    let own: BTreeSet<&str> = verbs.iter().map(|verb| verb.split('.').next().unwrap()).collect();
    let gone = rows.iter().filter(|row| {
        let (desk, verb) = row.split_once('.').unwrap();
        !verbs.contains(*row)
            && !(generic.contains(verb)
                && (!own.contains(desk) || matches!(desk, "partners" | "teams" | "targets")))
    });
    assert_eq!(gone.collect::<Vec<_>>(), Vec::<&String>::new(), "rows without a verb");
}
