//! Merging through the desk: each rule of what is kept, what moves, and what is refused.

use crate::{Crm, ErrorKind, Fields, Find, Lead, LeadId, Lost, Merge, Session, Value, fields};

fn office() -> (Crm, Session) {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    (crm, s)
}

fn create(s: &Session, fields: Fields) -> Lead {
    s.leads().create(fields).unwrap()
}

fn merged(s: &Session, ids: &[LeadId]) -> Lead {
    s.leads().merge(ids, &Merge::default()).unwrap().head
}

fn user(s: &Session, role: &str) -> crate::UserId {
    s.users().create(fields! { name: role, role: role }).unwrap().id
}

#[test]
fn an_opportunity_is_kept_before_a_lead_then_the_one_further_on_then_the_likelier_then_the_older() {
    let (_crm, s) = office();
    let stage = |name: &str| {
        let named = Find::filter(&format!("name = {name:?}")).unwrap();
        s.stages().find(&named).unwrap()[0].id
    };
    let (new, qualified) = (stage("New"), stage("Qualified"));
    let older = create(&s, fields! { name: "older", stage_id: new, probability: 20 });
    let likelier = create(&s, fields! { name: "likelier", stage_id: new, probability: 30 });
    let further = create(&s, fields! { name: "further", stage_id: qualified, probability: 10 });
    let newer = create(&s, fields! { name: "newer", stage_id: new, probability: 20 });
    let lead =
        create(&s, fields! { name: "lead", kind: "lead", stage_id: qualified, probability: 90 });
    let ids = [newer.id, lead.id, likelier.id, older.id, further.id];
    let plan = s.leads().plan_merge(&ids, &Merge::default()).unwrap();
    assert_eq!(plan.head, further.id);
    assert_eq!(plan.merged, [likelier.id, older.id, newer.id, lead.id]);
}

#[test]
fn the_first_that_is_not_empty_is_kept_and_money_is_not_summed() {
    let (crm, s) = office();
    let one = create(&s, fields! { name: "one", phone: "1" });
    let two = create(
        &s,
        fields! { name: "two", phone: "2", website: "two.example", expected_revenue: 200 },
    );
    let three = create(
        &s,
        fields! { name: "three", website: "three.example", expected_revenue: 300, color: 7 },
    );
    let ids = [one.id, two.id, three.id];
    let plan = s.leads().plan_merge(&ids, &Merge::default()).unwrap();
    let field = |name: &str| plan.fields.iter().find(|field| field.name == name).unwrap();
    assert_eq!(
        (&field("phone").from[..], &field("phone").dropped[..]),
        (&[one.id][..], &[(two.id, "2".into())][..])
    );
    assert_eq!(field("expected_revenue").dropped, [(three.id, three.value_of("expected_revenue"))]);
    let head = merged(&s, &ids);
    assert_eq!((head.id, head.name.as_str()), (one.id, "one"));
    assert_eq!((head.phone.as_deref(), head.website.as_deref()), (Some("1"), Some("two.example")));
    assert_eq!((head.expected_revenue, head.color), (two.expected_revenue, 7));
    // The plan said all of it.
    for field in &plan.fields {
        if !field.name.starts_with("properties.") && !field.value.is_null() {
            assert_eq!(head.value_of(&field.name), field.value, "{}", field.name);
        }
    }
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

impl Lead {
    fn value_of(&self, name: &str) -> Value {
        crate::Record::value(self, name).unwrap()
    }
}

#[test]
fn an_address_is_one_leads_and_descriptions_and_tags_are_all() {
    let (_crm, s) = office();
    let tags: Vec<i64> =
        ["a", "b"].map(|name| s.tags().create(fields! { name: name }).unwrap().id.0).into();
    let one = create(
        &s,
        fields! { name: "one", city: "Lyon", zip: "69001", description: "first", tag_ids: vec![tags[0]] },
    );
    let two = create(
        &s,
        fields! { name: "two", city: "Nantes", street: "Quai 1", country_code: "FR", description: "second", priority: 2, tag_ids: vec![tags[1]] },
    );
    let head = merged(&s, &[one.id, two.id]);
    assert_eq!(
        (head.city.as_deref(), head.zip, head.country_code.as_deref()),
        (Some("Nantes"), None, Some("FR"))
    );
    assert_eq!(head.description.as_deref(), Some("first\n\nsecond"));
    assert_eq!((head.priority, head.tag_ids.len()), (2, 2));
}

#[test]
fn a_given_team_takes_the_lead_to_a_stage_that_it_can_use() {
    let (_crm, s) = office();
    let team = |name: &str| s.teams().create(fields! { name: name }).unwrap().id;
    let (inland, harbour) = (team("Inland"), team("Harbour"));
    let own = s
        .stages()
        .create(fields! { name: "Quay", sequence: 1, team_ids: vec![harbour.0] })
        .unwrap();
    let one = create(&s, fields! { name: "one", team_id: harbour, stage_id: own.id });
    let two = create(&s, fields! { name: "two", team_id: inland });
    let given = Merge { team_id: Some(inland), ..Merge::default() };
    let head = s.leads().merge(&[one.id, two.id], &given).unwrap().head;
    assert_eq!((head.id, head.team_id), (one.id, Some(inland)));
    assert!(head.stage_id.is_some() && head.stage_id != Some(own.id));
}

#[test]
fn a_lost_lead_brings_its_reason_only_to_a_lost_one() {
    let (crm, s) = office();
    let reason = s.lost_reasons().find(&Find::all()).unwrap()[0].id;
    let lost = Lost { lost_reason_id: Some(reason), note: None };
    let [open, one, two] =
        ["open", "one", "two"].map(|name| create(&s, fields! { name: name, probability: 50 }));
    s.leads().mark_lost(one.id, &Lost::default()).unwrap();
    s.leads().mark_lost(two.id, &lost).unwrap();
    let head = merged(&s, &[one.id, two.id]);
    assert_eq!((head.id, head.lost_reason_id), (one.id, Some(reason)));
    let head = merged(&s, &[open.id, one.id]);
    assert_eq!((head.id, head.lost_reason_id, head.active), (open.id, None, true));
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn what_cannot_be_merged_is_named() {
    let (_crm, s) = office();
    let [one, two] = ["one", "two"].map(|name| create(&s, fields! { name: name }));
    let refused = |ids: &[LeadId]| s.leads().plan_merge(ids, &Merge::default()).unwrap_err();
    let named = |ids: &[LeadId]| {
        let error = refused(ids);
        (error.kind(), error.field().map(str::to_owned), error.subject().map(|subject| subject.id))
    };
    let invalid =
        |field: &str, id: LeadId| (ErrorKind::Invalid, Some(field.to_owned()), Some(id.0));
    assert_eq!(named(&[one.id]), invalid("ids", one.id));
    assert_eq!(refused(&[]).kind(), ErrorKind::Invalid);
    assert_eq!(named(&[one.id, two.id, one.id]), invalid("ids", one.id));
    assert_eq!(named(&[one.id, LeadId(99)]), (ErrorKind::NotFound, None, Some(99)));
    let dollars = create(&s, fields! { name: "dollars", currency: "USD" });
    assert_eq!(named(&[one.id, dollars.id]), invalid("currency", dollars.id));
    let [here, there] =
        ["here", "there"].map(|name| s.companies().create(fields! { name: name }).unwrap().id);
    let [here, there] =
        [here, there].map(|company| create(&s, fields! { name: "x", company_id: company }));
    assert_eq!(named(&[here.id, there.id]), invalid("company_id", there.id));
    s.leads().mark_won(two.id).unwrap();
    assert_eq!(named(&[one.id, two.id]), invalid("won_status", two.id));
    assert_eq!(s.leads().count(None).unwrap(), 5, "nothing was written");
}

#[test]
fn more_than_five_take_an_administrator() {
    let (crm, s) = office();
    let seller = crm.session(Some(user(&s, "all").into()), None).unwrap();
    let leads =
        s.leads().create_many(vec![fields! { name: "same", user_id: Value::Null }; 7]).unwrap();
    let ids: Vec<LeadId> = leads.iter().map(|lead| lead.id).collect();
    let error = seller.leads().merge(&ids[..6], &Merge::default()).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Limit, Some("ids")));
    seller.leads().merge(&ids[..5], &Merge::default()).unwrap();
    s.leads().merge(&[ids[0], ids[5], ids[6]], &Merge::default()).unwrap();
    assert_eq!(s.leads().count(None).unwrap(), 1);
}

#[test]
fn an_id_that_was_merged_away_names_the_survivor_through_chains() {
    let (crm, s) = office();
    let [one, two, three] = ["one", "two", "three"].map(|name| create(&s, fields! { name: name }));
    let merge = |ids: &[LeadId]| s.leads().merge(ids, &Merge::default()).unwrap();
    let first = merge(&[two.id, three.id]);
    let second = merge(&[one.id, two.id]);
    assert_eq!(s.leads().get(three.id).unwrap().id, one.id);
    assert_eq!(s.leads().merged_into(three.id).unwrap(), Some(one.id));
    assert_eq!(s.leads().merged_into(one.id).unwrap(), None);
    assert_eq!(s.leads().merged_into(LeadId(99)).unwrap_err().kind(), ErrorKind::NotFound);
    let refused = s.leads().mark_won(three.id).unwrap_err();
    assert_eq!(
        (refused.kind(), refused.message()),
        (ErrorKind::NotFound, "lead 3 was merged into lead 1")
    );
    let several = s.leads().archive(&vec![one.id, three.id]).unwrap_err();
    assert_eq!(several.message(), refused.message());
    let own = s.leads().history(three.id).unwrap();
    assert_eq!(own.at(0, "seq"), Value::Int(1), "what it was is told");
    let early = s.leads().unmerge(first.merge_id).unwrap_err();
    assert_eq!(early.kind(), ErrorKind::Conflict, "{early}");
    s.leads().unmerge(second.merge_id).unwrap();
    s.leads().unmerge(first.merge_id).unwrap();
    assert_eq!(s.leads().unmerge(first.merge_id).unwrap().conflicts, []);
    assert_eq!(s.leads().get(three.id).unwrap(), three);
    assert_eq!(s.leads().unmerge(99).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn who_does_not_see_the_survivor_does_not_hear_of_it() {
    let (crm, s) = office();
    let [ada, ben] = ["ada", "ben"]
        .map(|name| s.users().create(fields! { name: name, role: "own" }).unwrap().id);
    let one = create(&s, fields! { name: "one", user_id: ada });
    let two = create(&s, fields! { name: "two", user_id: ben });
    merged(&s, &[one.id, two.id]);
    let theirs = crm.session(Some(ben.into()), None).unwrap();
    let refused = theirs.leads().get(two.id).unwrap_err();
    assert_eq!(
        (refused.kind(), refused.message()),
        (ErrorKind::NotFound, "no lead 2 that this user may see")
    );
    assert_eq!(
        crm.session(Some(ada.into()), None).unwrap().leads().get(two.id).unwrap().id,
        one.id
    );
}

#[test]
fn names_of_other_systems_move_and_move_back() {
    let (_crm, s) = office();
    let named = |name: &str, id: &str| {
        let mut fields = fields! { name: name };
        fields.external_id = Some(("erp".to_owned(), id.to_owned()));
        create(&s, fields)
    };
    let (one, two) = (named("one", "1"), named("two", "2"));
    let plan = s.leads().plan_merge(&[one.id, two.id], &Merge::default()).unwrap();
    assert_eq!(plan.rows.len(), 1);
    assert_eq!(
        (plan.rows[0].name.as_str(), plan.rows[0].from, plan.rows[0].count),
        ("external_id", two.id, 1)
    );
    let done = s.leads().merge(&[one.id, two.id], &Merge::default()).unwrap();
    let called = |id: &str| s.leads().get_external("erp", id).unwrap().id;
    assert_eq!((called("1"), called("2")), (one.id, one.id));
    s.leads().unmerge(done.merge_id).unwrap();
    assert_eq!((called("1"), called("2")), (one.id, two.id));

    // A name that the kept one was given in place of both is its own; the other gets its name back, unless another has it.
    let rename = |id: LeadId, name: &str| {
        let mut fields = Fields::new();
        fields.external_id = Some(("erp".to_owned(), name.to_owned()));
        s.leads().update(id, fields).unwrap();
    };
    let done = s.leads().merge(&[one.id, two.id], &Merge::default()).unwrap();
    rename(one.id, "9");
    assert_eq!(s.leads().unmerge(done.merge_id).unwrap().conflicts, []);
    assert_eq!((called("9"), called("2")), (one.id, two.id));
    let done = s.leads().merge(&[one.id, two.id], &Merge::default()).unwrap();
    rename(one.id, "8");
    let three = named("three", "2");
    let back = s.leads().unmerge(done.merge_id).unwrap();
    let listed: Vec<_> = back.conflicts.iter().map(|it| (it.record, it.field)).collect();
    assert_eq!(listed, [(crate::Id::subject(two.id), "external_id")]);
    assert_eq!((called("8"), called("2")), (one.id, three.id));
}

#[test]
fn messages_and_activities_move_and_move_back_and_a_message_tells_what_was_merged() {
    let (crm, s) = office();
    let one = create(&s, fields! { name: "one" });
    let two = create(&s, fields! { name: "two", phone: "2", expected_revenue: 50 });
    let said = s.chatter().post(two.id, "They want the blue ones.", false).unwrap();
    let kind = s.activity_types().find(&Find::all()).unwrap()[0].id;
    let call = crate::Schedule { activity_type_id: kind, ..crate::Schedule::default() };
    let activity = s.activities().schedule(two.id, &call).unwrap().id;
    let before = (s.chatter().list(one.id).unwrap(), s.chatter().list(two.id).unwrap());
    let plan = s.leads().plan_merge(&[one.id, two.id], &Merge::default()).unwrap();
    assert!(
        plan.rows.iter().any(|rows| rows.name == "message" && rows.count == 1),
        "{:?}",
        plan.rows
    );
    let done = s.leads().merge(&[one.id, two.id], &Merge::default()).unwrap();
    assert_eq!(s.chatter().get(said).unwrap().subject_id, done.head.id.0);
    assert_eq!(s.activities().get(activity).unwrap().subject_id, done.head.id.0);
    let told = s.chatter().find(&Find::filter("message_type = \"notification\"").unwrap()).unwrap();
    let [told] = &told[..] else { panic!("{told:?}") };
    let body = told.body.as_deref().unwrap();
    assert!(body.starts_with("Merged lead 2 \"two\"\n"), "{body}");
    assert!(body.contains("\nphone: 2") && body.contains("\nexpected_revenue: 50.00"), "{body}");
    s.leads().unmerge(done.merge_id).unwrap();
    assert_eq!((s.chatter().list(one.id).unwrap(), s.chatter().list(two.id).unwrap()), before);

    // What is said in doing an activity goes with it.
    let done = s.leads().merge(&[one.id, two.id], &Merge::default()).unwrap();
    s.activities().done(activity, Some("They said yes.")).unwrap();
    s.leads().unmerge(done.merge_id).unwrap();
    assert_eq!(s.chatter().list(one.id).unwrap(), before.0);
    let told = s.chatter().find(&Find::filter("message_type = \"activity\"").unwrap()).unwrap();
    let [told] = &told[..] else { panic!("{told:?}") };
    assert_eq!((told.lead_id, told.activity_id), (Some(two.id), Some(activity)));
    assert_eq!(s.activities().get(activity).unwrap().subject_id, two.id.0);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn what_changed_since_stays_and_what_the_merge_had_changed_too_is_listed() {
    let (crm, s) = office();
    let [red, blue] =
        ["red", "blue"].map(|name| s.tags().create(fields! { name: name }).unwrap().id);
    let one = create(&s, fields! { name: "one" });
    let two = create(
        &s,
        fields! { name: "two", phone: "2", website: "two.example", tag_ids: vec![red.0] },
    );
    let done = s.leads().merge(&[one.id, two.id], &Merge::default()).unwrap();
    let later = fields! { phone: "3", priority: 1, tag_ids: vec![red.0, blue.0] };
    s.leads().update(one.id, later).unwrap();
    let back = s.leads().unmerge(done.merge_id).unwrap();
    let [conflict] = &back.conflicts[..] else { panic!("{back:?}") };
    assert_eq!((conflict.record, conflict.field), (crate::Id::subject(one.id), "phone"));
    assert_eq!(
        (&conflict.before, &conflict.merged, &conflict.now),
        (&Value::Null, &"2".into(), &"3".into())
    );
    let head = s.leads().get(one.id).unwrap();
    assert_eq!(
        (head.phone.as_deref(), head.website.as_deref(), head.priority),
        (Some("3"), None, 1)
    );
    assert_eq!(head.tag_ids, [blue]);
    assert_eq!(s.leads().get(two.id).unwrap(), two);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn what_is_gone_since_is_not_referred_to_again() {
    let (crm, s) = office();
    let tag = s.tags().create(fields! { name: "red" }).unwrap().id;
    let stage = s.stages().create(fields! { name: "Quay", sequence: 2 }).unwrap().id;
    let partner = s.partners().create(fields! { name: "Azure Bakery" }).unwrap().id;
    let one = create(
        &s,
        fields! { name: "one", partner_id: s.partners().create(fields! { name: "Brook Cycles" }).unwrap().id },
    );
    let two = create(
        &s,
        fields! { name: "two", kind: "lead", stage_id: stage, partner_id: partner, tag_ids: vec![tag.0] },
    );
    let done = s.leads().merge(&[one.id, two.id], &Merge::default()).unwrap();
    s.tags().delete(tag).unwrap();
    s.stages().delete(stage).unwrap();
    s.partners().delete(partner).unwrap();
    let back = s.leads().unmerge(done.merge_id).unwrap();
    let mut fields: Vec<_> =
        back.conflicts.iter().map(|conflict| (conflict.record.id, conflict.field)).collect();
    fields.sort_unstable();
    assert_eq!(fields, [(two.id.0, "partner_id"), (two.id.0, "stage_id"), (two.id.0, "tag_ids")]);
    let two = s.leads().get(two.id).unwrap();
    assert!(two.partner_id.is_none() && two.tag_ids.is_empty() && two.stage_id.is_some());
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn what_was_erased_is_not_put_back() {
    let (_crm, s) = office();
    let [one, two] = ["one", "two"].map(|name| create(&s, fields! { name: name, phone: "1" }));
    let done = s.leads().merge(&[one.id, two.id], &Merge::default()).unwrap();
    let kept = |s: &Session, sql: &str| {
        s.leads().link().read(|tx| tx.rows(sql, &[], |line| Ok(line.text(0)?.to_owned())))
    };
    // What may identify a person stands in one column alone, which an erasure empties.
    for data in kept(&s, "SELECT data FROM merge_row").unwrap() {
        assert!(!data.contains("two") && !data.contains("phone\""), "{data}");
    }
    let erase = "UPDATE merge_row SET personal = NULL WHERE kind = 'lead' AND record_id = ?1";
    s.leads().link().write(|tx| tx.execute(erase, &[two.id.0.into()])).unwrap();
    let refused = s.leads().unmerge(done.merge_id).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict, "{refused}");
    assert_eq!(s.leads().get(two.id).unwrap().id, one.id);
}

#[test]
fn sets_are_merged_whatever_their_order_and_all_or_none() {
    let (crm, s) = office();
    let leads =
        s.leads().create_many((0..6).map(|n| fields! { name: format!("{n}") }).collect()).unwrap();
    let id = |at: usize| leads[at].id;
    let sets = [vec![id(4), id(0)], vec![id(3), id(1)]];
    let overlapping = [sets[0].clone(), vec![id(1), id(4)]];
    let refused = s.leads().merge_clusters(&overlapping, &Merge::default()).unwrap_err();
    assert_eq!(
        (refused.kind(), refused.subject().map(|subject| subject.id)),
        (ErrorKind::Invalid, Some(id(4).0))
    );
    assert_eq!(s.leads().count(None).unwrap(), 6);
    let done = s.leads().merge_clusters(&sets, &Merge::default()).unwrap();
    let heads: Vec<LeadId> = done.iter().map(|one| one.head.id).collect();
    assert_eq!(heads, [id(0), id(1)]);
    done.iter().for_each(|one| drop(s.leads().unmerge(one.merge_id).unwrap()));
    assert_eq!(s.leads().find(&Find { order: Some("id".into()), ..Find::all() }).unwrap(), leads);
    let turned: Vec<Vec<LeadId>> = sets.iter().rev().cloned().collect();
    let done = s.leads().merge_clusters(&turned, &Merge::default()).unwrap();
    let heads: Vec<LeadId> = done.iter().map(|one| one.head.id).collect();
    assert_eq!(heads, [id(1), id(0)]);
    assert_eq!(s.leads().merge_clusters(&[], &Merge::default()).unwrap(), []);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

/// Every table that points at a lead or a partner is either its own, moves with it, or tells of the past.
#[test]
fn no_table_that_points_at_what_is_merged_is_forgotten() {
    use crate::{FieldKind, Place, RecordKind};
    let own = ["lead_text", "lead_tag", "lead_score", "partner_tag"];
    let of_the_past = [
        "lead_history",
        "score_log",
        "score_created",
        "feed",
        "feed_personal",
        "merge_row",
        "audit_chain",
    ];
    let moves: Vec<&str> = crate::record::HANGING.iter().map(|hanging| hanging.table).collect();
    // What names one by a field of a record follows by that.
    let merged = [RecordKind::Lead, RecordKind::Partner];
    let names = |table: &str, column: &str| {
        RecordKind::ALL.iter().map(|kind| crate::table(*kind)).any(|record| {
            let refers = |field: &&crate::Field| {
                merged.iter().any(|kind| field.kind == FieldKind::Ref(*kind))
            };
            let mut fields = record.fields.iter().filter(refers);
            record.name == table && fields.any(|field| field.is_stored() && field.name == column)
        })
    };
    let schema = include_str!("../../migrations/schema.sql");
    let mut found = 0;
    for table in schema.split("CREATE TABLE ").skip(1) {
        let (name, columns) = table.split_once(" (").unwrap();
        let columns = columns.split(";\n").next().unwrap();
        let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
        let words: Vec<&str> = columns.split(word).collect();
        let pointing = ["lead_id", "partner_id", "record_id", "subject_id"];
        let mut points = pointing.iter().filter(|column| words.contains(column)).peekable();
        if points.peek().is_none() {
            continue;
        }
        found += 1;
        let known = own.contains(&name) || of_the_past.contains(&name) || moves.contains(&name);
        assert!(
            known || points.all(|column| names(name, column)),
            "{name} points at what is merged: let it move by record::HANGING, or say here why not"
        );
    }
    assert!(found > own.len() + of_the_past.len() + moves.len(), "all of them are found: {found}");
    for table in RecordKind::ALL.iter().map(|kind| crate::table(*kind)) {
        // What follows from `subject_id` moves with it; columns of records are followed by the lists of fields.
        let fields = table.fields.iter().filter(|field| {
            field.name != "id" && !matches!(field.place, Place::Sql(_)) && !field.is_stored()
        });
        for field in fields {
            let listed = merged.iter().any(|kind| {
                field.kind == FieldKind::Ids(*kind) || field.kind == FieldKind::Ref(*kind)
            });
            assert!(
                !listed,
                "{}.{} lists what is merged: nothing moves it",
                table.name, field.name
            );
        }
    }
}

#[test]
fn nobody_recommends_themselves_by_a_merge() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    let ids: Vec<_> = ["a", "b", "c"]
        .map(|name| s.partners().create(crate::fields! { name: name }).unwrap().id)
        .into();
    let own = s.partners().update(ids[0], crate::fields! { referrer_id: ids[0] }).unwrap_err();
    assert_eq!(own.field(), Some("referrer_id"));
    s.partners().update(ids[0], crate::fields! { referrer_id: ids[1] }).unwrap();
    let done = s.partners().merge(&ids[..2], &crate::PartnerMerge::default()).unwrap();
    assert_eq!(s.partners().get(ids[0]).unwrap().referrer_id, None);
    assert_eq!(s.partners().unmerge(done.merge_id).unwrap().conflicts.len(), 0);
    assert_eq!(s.partners().get(ids[0]).unwrap().referrer_id, Some(ids[1]));
    s.partners().merge(&ids[..2], &crate::PartnerMerge::default()).unwrap();
    s.partners().merge(&[ids[2], ids[0]], &crate::PartnerMerge::default()).unwrap();
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}
