//! The room through its desk.

use crate::base::{Date, ErrorKind, Fields, Timestamp, UserId, limit};
use crate::record::{Activity, ActivityState};
use crate::{ActivityTypeId, Crm, Find, Lead, Schedule, Session, fields};

const CALL: ActivityTypeId = ActivityTypeId(3);

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn office() -> (Crm, Session, Lead) {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, Some(at("2026-03-02T09:00:00Z"))).unwrap();
    let lead = s.leads().create(fields! { name: "Fleet lease" }).unwrap();
    (crm, s, lead)
}

fn of(id: ActivityTypeId) -> Schedule {
    Schedule { activity_type_id: id, ..Schedule::default() }
}

fn due(day: &str) -> Schedule {
    Schedule { date_deadline: Some(Date::parse(day).unwrap()), ..of(CALL) }
}

fn ids(found: &[Activity]) -> Vec<i64> {
    found.iter().map(|activity| activity.id.0).collect()
}

fn find(s: &Session, filter: &str) -> Vec<i64> {
    ids(&s.activities().find(&Find::filter(filter).unwrap()).unwrap())
}

#[test]
fn a_type_says_what_a_new_activity_starts_with() {
    let (_crm, s, lead) = office();
    let call = s.activities().schedule(lead.id, &of(CALL)).unwrap();
    assert_eq!(call.date_deadline.to_string(), "2026-03-04", "two days after the 2nd");
    assert_eq!(
        (call.state, call.lead_id, call.partner_id),
        (ActivityState::Planned, Some(lead.id), None)
    );
    let ada = s.users().create(fields! { name: "Ada" }).unwrap();
    let visit = fields! { name: "Visit", summary: "Go there", default_note: "Take a map", default_user_id: ada.id,
    delay_count: 1, delay_unit: "months", subject_kind: "lead" };
    let visit = s.activity_types().create(visit).unwrap();
    assert_eq!((visit.sequence, visit.active), (10, true));
    let go = s.activities().schedule(lead.id, &of(visit.id)).unwrap();
    assert_eq!((go.summary.as_deref(), go.note.as_deref()), (Some("Go there"), Some("Take a map")));
    assert_eq!((go.user_id, go.date_deadline.to_string().as_str()), (Some(ada.id), "2026-04-02"));
    let own = Schedule { summary: Some("Phone instead".into()), ..of(visit.id) };
    assert_eq!(s.activities().schedule(lead.id, &own).unwrap().summary.unwrap(), "Phone instead");
    let partner = s.partners().create(fields! { name: "Azure Bakery" }).unwrap();
    let error = s.activities().schedule(partner.id, &of(visit.id)).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Invalid, Some("activity_type_id")));
    let call = s.activities().schedule(partner.id, &of(CALL)).unwrap();
    assert_eq!((call.lead_id, call.partner_id), (None, Some(partner.id)));
}

#[test]
fn the_state_goes_by_the_day_of_the_assignees_zone() {
    let (crm, s, lead) = office();
    s.companies().update(crate::CompanyId(1), fields! { zone: "Asia/Kolkata" }).unwrap();
    let activity = s.activities().schedule(lead.id, &due("2026-03-02")).unwrap();
    let state = |now: &str| {
        let s = crm.session(None, Some(at(now))).unwrap();
        let state = s.activities().get(activity.id).unwrap().state;
        let filter = format!("state = \"{}\"", state.word());
        assert_eq!(find(&s, &filter), [activity.id.0], "the filter says the same");
        assert_eq!(find(&s, &format!("not {filter}")), [] as [i64; 0]);
        let status = s.activities().status(&[lead.id]).unwrap();
        assert_eq!(status.at(0, "activity_state"), state.word().into());
        state
    };
    assert_eq!(state("2026-03-01T18:29:59Z"), ActivityState::Planned);
    assert_eq!(state("2026-03-01T18:30:00Z"), ActivityState::Today);
    assert_eq!(state("2026-03-02T18:29:59Z"), ActivityState::Today);
    assert_eq!(state("2026-03-02T18:30:00Z"), ActivityState::Overdue);
    // Another zone of the company, and another company of whoever is to do it.
    s.companies().update(crate::CompanyId(1), fields! { zone: "America/New_York" }).unwrap();
    assert_eq!(state("2026-03-02T18:30:00Z"), ActivityState::Today);
    let fiji = s.companies().create(fields! { name: "Fiji", zone: "Pacific/Fiji" }).unwrap();
    let ada = s.users().create(fields! { name: "Ada" }).unwrap();
    s.activities().update(activity.id, fields! { user_id: ada.id }).unwrap();
    s.users().update(ada.id, fields! { company_id: fiji.id }).unwrap();
    assert_eq!(state("2026-03-02T11:59:59Z"), ActivityState::Today);
    assert_eq!(state("2026-03-02T12:00:00Z"), ActivityState::Overdue);
}

#[test]
fn what_is_done_says_so_once_and_stays() {
    let (crm, s, lead) = office();
    let call = s.activities().schedule(lead.id, &of(CALL)).unwrap();
    let done = s.activities().done(call.id, Some("  forty vans ")).unwrap();
    assert_eq!((done.state, done.feedback.as_deref()), (ActivityState::Done, Some("forty vans")));
    assert_eq!(done.date_done, Some(at("2026-03-02T09:00:00Z")));
    let later = crm.session(None, Some(at("2026-03-09T09:00:00Z"))).unwrap();
    assert_eq!(later.activities().done(call.id, Some("again")).unwrap(), done);
    let told = s.chatter().find(&Find::all()).unwrap();
    assert_eq!((told.len(), told[0].activity_id, told[0].internal), (1, Some(call.id), true));
    assert_eq!(find(&s, "lead_id = 1"), [] as [i64; 0], "left out unless asked for");
    assert_eq!(find(&s, "date_done is not null"), [call.id.0]);
    assert_eq!(find(&s, "state in (\"done\", \"today\")"), [call.id.0]);
    assert_eq!(find(&s, "state = \"today\" or lead_id = 1"), [call.id.0]);
    assert_eq!(find(&s, "not state = \"today\""), [call.id.0]);
    assert_eq!(find(&s, "state != \"today\" and lead_id = 1"), [call.id.0]);
    assert_eq!(find(&s, "state in (\"overdue\", \"planned\") and lead_id = 1"), [] as [i64; 0]);
    for refused in [
        s.activities().cancel(call.id).unwrap_err(),
        s.activities().reschedule(call.id, Date::parse("2026-05-01").unwrap()).unwrap_err(),
    ] {
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::Invalid, Some("date_done")));
    }
    assert_eq!(
        s.activities().reschedule(call.id, call.date_deadline).unwrap(),
        done,
        "nothing changes"
    );
}

#[test]
fn a_type_triggers_or_suggests_what_follows() {
    let (_crm, s, lead) = office();
    let types = s.activity_types();
    let offer = fields! { name: "Offer", delay_count: 3, chaining_type: "trigger", triggered_next_type_id: CALL };
    let offer = types.create(offer).unwrap();
    let first = s
        .activities()
        .schedule(lead.id, &Schedule { activity_type_id: offer.id, ..due("2026-02-20") })
        .unwrap();
    assert_eq!(first.state, ActivityState::Overdue);
    let done = s.activities().done(first.id, None).unwrap();
    let next = s.activities().get(done.next_activity_id.unwrap()).unwrap();
    assert_eq!((next.activity_type_id, next.lead_id), (CALL, Some(lead.id)));
    assert_eq!(next.date_deadline.to_string(), "2026-02-22", "counted from the deadline before");
    types
        .update(CALL, fields! { delay_from: "completion", suggested_next_type_ids: vec![1, 2] })
        .unwrap();
    let second = s
        .activities()
        .schedule(lead.id, &Schedule { activity_type_id: offer.id, ..due("2026-02-20") })
        .unwrap();
    assert_eq!(second.suggested_next_type_ids, []);
    let third = s.activities().done(second.id, None).unwrap().next_activity_id.unwrap();
    let third = s.activities().done(third, None).unwrap();
    assert_eq!(
        (third.date_deadline.to_string().as_str(), third.next_activity_id),
        ("2026-03-04", None)
    );
    assert_eq!(third.suggested_next_type_ids, [ActivityTypeId(1), ActivityTypeId(2)]);
    s.activities().cancel(next.id).unwrap();
    assert_eq!(s.activities().get(first.id).unwrap().next_activity_id, None);
    for (fields, field) in [
        (fields! { chaining_type: "trigger" }, "triggered_next_type_id"),
        (fields! { triggered_next_type_id: 1 }, "triggered_next_type_id"),
        (
            fields! { chaining_type: "trigger", triggered_next_type_id: 1, suggested_next_type_ids: vec![2] },
            "suggested_next_type_ids",
        ),
    ] {
        let error = types.update(ActivityTypeId(1), fields).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Invalid, Some(field)));
    }
    let error = types.delete(CALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
}

#[test]
fn who_sees_a_lead_sees_what_hangs_on_it_and_nobody_else_does() {
    let (crm, s, _) = office();
    let user =
        |name: &str, role: &str| s.users().create(fields! { name: name, role: role }).unwrap().id;
    let (ada, bob) = (user("Ada", "own"), user("Bob", "own"));
    let hers = s.leads().create(fields! { name: "Hers", user_id: bob }).unwrap();
    let for_bob = || Schedule { user_id: Some(bob), ..of(CALL) };
    let call = s.activities().schedule(hers.id, &for_bob()).unwrap();
    s.leads().update(hers.id, fields! { user_id: ada }).unwrap();
    assert_eq!(s.activities().schedule(hers.id, &for_bob()).unwrap_err().field(), Some("user_id"));
    let said = s.chatter().post(hers.id, "hello", true).unwrap();
    let as_user = |id: UserId| crm.session(Some(id.into()), None).unwrap();
    let (a, b) = (as_user(ada), as_user(bob));
    let all = || Find::filter("state in (\"done\", \"overdue\", \"today\", \"planned\")").unwrap();
    assert_eq!(
        (a.activities().find(&all()).unwrap().len(), a.chatter().count(None).unwrap()),
        (1, 1)
    );
    assert_eq!(b.activities().find(&all()).unwrap(), []);
    assert_eq!((b.activities().count(None).unwrap(), b.chatter().count(None).unwrap()), (0, 0));
    let missing = [
        b.activities().get(call.id).unwrap_err(),
        b.activities().done(call.id, None).unwrap_err(),
        b.activities().cancel(call.id).unwrap_err(),
        b.activities().update(call.id, fields! { summary: "mine" }).unwrap_err(),
        b.activities().schedule(hers.id, &of(CALL)).unwrap_err(),
        b.activities().status(&[hers.id]).unwrap_err(),
        b.chatter().get(said).unwrap_err(),
        b.chatter().post(hers.id, "hello", false).unwrap_err(),
        b.chatter().list(hers.id).unwrap_err(),
    ];
    for error in missing {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }
    s.leads().update(hers.id, fields! { user_id: bob }).unwrap();
    assert_eq!((a.activities().count(None).unwrap(), b.activities().count(None).unwrap()), (0, 1));
    // Partners are seen by whoever works in their company.
    let other = s.companies().create(fields! { name: "Other" }).unwrap();
    let eve =
        s.users().create(fields! { name: "Eve", role: "all", company_id: other.id }).unwrap().id;
    let partner = s.partners().create(fields! { name: "Azure Bakery", company_id: 1 }).unwrap();
    s.chatter().post(partner.id, "hello", false).unwrap();
    assert_eq!(
        as_user(eve)
            .chatter()
            .count(Some(&crate::Filter::parse("partner_id is not null").unwrap()))
            .unwrap(),
        0
    );
    assert!(as_user(eve).chatter().list(partner.id).is_err());
    let error = s
        .activities()
        .schedule(partner.id, &Schedule { user_id: Some(eve), ..of(CALL) })
        .unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Invalid, Some("user_id")));
}

#[test]
fn lists_are_one_verb_all_or_nothing() {
    let (_crm, s, lead) = office();
    let more = s.leads().create_many(vec![fields! { name: "More" }; 3]).unwrap();
    let leads: Vec<_> = more.iter().map(|lead| lead.id).collect();
    let scheduled = s.activities().schedule(&leads, &due("2026-03-01")).unwrap();
    assert_eq!(scheduled.iter().map(|it| it.lead_id.unwrap()).collect::<Vec<_>>(), leads);
    let ids: Vec<_> = scheduled.iter().map(|it| it.id).collect();
    assert!(s.activities().done(&vec![ids[0], 99.into()], None).is_err());
    assert_eq!(s.activities().count(None).unwrap(), 3);
    let planned = s.activities().reschedule(&ids, Date::parse("2026-04-01").unwrap()).unwrap();
    assert!(planned.iter().all(|it| it.state == ActivityState::Planned && it.version == 2));
    s.activities().done(&ids[1..].to_vec(), Some("sent")).unwrap();
    assert_eq!(s.chatter().count(None).unwrap(), 2);
    let status = s.activities().status(&[leads[0], lead.id, leads[1]]).unwrap();
    assert_eq!(status.len(), 3);
    assert_eq!(
        (status.at(0, "activity_state"), status.at(0, "activity_count")),
        ("planned".into(), 1_i64.into())
    );
    assert!(status.at(1, "activity_state").is_null() && status.at(2, "date_deadline").is_null());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (_crm, s, lead) = office();
    let refused =
        |error: crate::Error| (error.kind(), error.field().unwrap_or_default().to_owned());
    let invalid = |field: &str| (ErrorKind::Invalid, field.to_owned());
    let ada = s.users().create(fields! { name: "Ada" }).unwrap();
    s.users().update(ada.id, fields! { active: false }).unwrap();
    let schedule = |plan: Schedule| refused(s.activities().schedule(lead.id, &plan).unwrap_err());
    assert_eq!(schedule(of(99.into())), invalid("activity_type_id"));
    assert_eq!(schedule(Schedule { user_id: Some(ada.id), ..of(CALL) }), invalid("user_id"));
    assert_eq!(schedule(Schedule { user_id: Some(99.into()), ..of(CALL) }), invalid("user_id"));
    assert_eq!(schedule(Schedule { summary: Some("a\0b".into()), ..of(CALL) }), invalid("summary"));
    let long = "x".repeat(limit::LONG_TEXT + 1);
    let too_long = (ErrorKind::Limit, "note".to_owned());
    assert_eq!(schedule(Schedule { note: Some(long.clone()), ..of(CALL) }), too_long);
    let far = Schedule { date_deadline: Some(Date::stored(i64::MAX)), ..of(CALL) };
    assert_eq!(schedule(far), invalid("date_deadline"));
    let on_a_stage = s.activities().schedule(crate::StageId(1), &of(CALL)).unwrap_err();
    assert_eq!(refused(on_a_stage), invalid("record"));
    let call = s.activities().schedule(lead.id, &of(CALL)).unwrap();
    assert_eq!(
        refused(s.activities().done(call.id, Some(&long)).unwrap_err()),
        (ErrorKind::Limit, "feedback".into())
    );
    assert_eq!(
        refused(s.activities().done(call.id, Some("a\0b")).unwrap_err()),
        invalid("feedback")
    );
    let update = |fields: Fields| refused(s.activities().update(call.id, fields).unwrap_err());
    assert_eq!(update(fields! { state: "done" }), invalid("state"));
    assert_eq!(update(fields! { lead_id: 7 }), invalid("lead_id"));
    assert_eq!(update(fields! { activity_type_id: 99 }), invalid("activity_type_id"));
    let filter =
        |text: &str| refused(s.activities().find(&Find::filter(text).unwrap()).unwrap_err());
    assert_eq!(filter("suggested_next_type_ids any (1)"), invalid("suggested_next_type_ids"));
    assert_eq!(filter("day_end > :now"), invalid("day_end"));
    s.leads().archive(lead.id).unwrap();
    s.activities().schedule(lead.id, &of(CALL)).unwrap();
}
