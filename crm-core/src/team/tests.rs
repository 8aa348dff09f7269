//! Memberships through the desk: what the cases of all languages do not show.

use crate::{Crm, ErrorKind, Session, fields};

fn office() -> (Crm, Session) {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    (crm, s)
}

#[test]
fn who_is_deleted_leaves_no_membership_behind() {
    let (crm, s) = office();
    let ada = s.users().create(fields! { name: "Ada" }).unwrap().id;
    let north = s.teams().create(fields! { name: "North", member_ids: vec![ada.0] }).unwrap().id;
    s.teams().remove_member(north, ada).unwrap();
    s.teams().add_member(north, ada, fields! {}).unwrap();
    let all = crate::Find::filter("active in (true, false)").unwrap();
    assert_eq!(s.team_members().find(&all).unwrap().len(), 2);
    s.users().delete(ada).unwrap();
    assert_eq!(s.team_members().find(&all).unwrap().len(), 0);
    assert!(s.teams().get(north).unwrap().member_ids.is_empty());
    let ben = s.users().create(fields! { name: "Ben" }).unwrap().id;
    s.teams().add_member(north, ben, fields! {}).unwrap();
    s.teams().remove_member(north, ben).unwrap();
    s.teams().delete(north).unwrap();
    assert_eq!(s.team_members().find(&all).unwrap().len(), 0);
    assert!(crm.verify().unwrap().is_empty());
}

#[test]
fn a_membership_that_ended_stays_as_it_was() {
    let (_crm, s) = office();
    let ada = s.users().create(fields! { name: "Ada" }).unwrap().id;
    let north = s.teams().create(fields! { name: "North" }).unwrap().id;
    let member = s.teams().add_member(north, ada, fields! {}).unwrap();
    let ended = s.teams().remove_member(north, ada).unwrap();
    assert_eq!((ended.id, ended.active, ended.date_end), (member.id, false, ended.date_start));
    let refused = s.team_members().update(member.id, fields! { active: true }).unwrap_err();
    assert_eq!((refused.kind(), refused.field()), (ErrorKind::Invalid, Some("active")));
    let south = s.teams().create(fields! { name: "South" }).unwrap().id;
    let again = s.teams().add_member(north, ada, fields! {}).unwrap();
    let refused = s.team_members().update(again.id, fields! { team_id: south }).unwrap_err();
    assert_eq!(refused.field(), Some("team_id"));
    assert_eq!(s.teams().members(north, None).unwrap().len(), 1);
}

#[test]
fn a_users_teams_are_those_of_today() {
    let (crm, s) = office();
    let ada = s.users().create(fields! { name: "Ada", role: "team" }).unwrap().id;
    let north = s.teams().create(fields! { name: "North" }).unwrap().id;
    s.teams().add_member(north, ada, fields! {}).unwrap();
    s.leads().create(fields! { name: "a", team_id: north }).unwrap();
    let ben = s.users().create(fields! { name: "Ben" }).unwrap().id;
    s.leads().create(fields! { name: "b", team_id: north, user_id: ben }).unwrap();
    let seen = || crm.session(Some(ada.into()), None).unwrap().leads().count(None).unwrap();
    assert_eq!(seen(), 2);
    s.teams().remove_member(north, ada).unwrap();
    assert_eq!(seen(), 1, "what nobody has is everybody's");
}

#[test]
fn memberships_are_told_however_they_begin_and_end() {
    let (crm, s) = office();
    let user = |name: &str| s.users().create(fields! { name: name }).unwrap().id;
    let (ada, ben) = (user("Ada"), user("Ben"));
    let mut seen = crm.feed(0, 1_000).unwrap().len();
    let mut told = || {
        let all = crm.feed(0, 1_000).unwrap();
        let new = all.iter().skip(std::mem::replace(&mut seen, all.len()));
        let entry = |entry: &crate::FeedEntry| {
            let data: serde_json::Value = serde_json::from_str(&entry.data).ok()?;
            Some((entry.event.clone(), data["set"]["active"].as_bool(), data["version"].as_i64()))
        };
        new.filter_map(entry)
            .filter(|(event, ..)| event.starts_with("team_member"))
            .collect::<Vec<_>>()
    };
    let of = |event: &str, active, version| (event.to_owned(), active, Some(version));
    let north = s.teams().create(fields! { name: "North", member_ids: vec![ada.0] }).unwrap().id;
    assert_eq!(told(), [of("team_member.created", Some(true), 1)]);
    s.teams().update(north, fields! { member_ids: vec![ben.0] }).unwrap();
    assert_eq!(
        told(),
        [of("team_member.changed", Some(false), 2), of("team_member.created", Some(true), 1)]
    );
    s.teams().update(north, fields! { name: "The north" }).unwrap();
    assert_eq!(told(), []);
    s.users().delete(ada).unwrap();
    assert_eq!(told(), [of("team_member.deleted", None, 2)]);
    let tag = s.tags().create(fields! { name: "Legal" }).unwrap().id;
    s.teams().update_member(north, ben, fields! { skill_ids: vec![tag.0] }).unwrap();
    told();
    s.teams().delete(north).unwrap();
    assert_eq!(told(), [of("team_member.deleted", None, 2)]);
    s.tags().delete(tag).unwrap();
    assert!(crm.verify().unwrap().is_empty());
}
