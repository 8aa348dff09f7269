//! Assignment through the desk: laws for random offices, and what the cases of all languages do not show.

use proptest::prelude::*;

use crate::base::Id as _;

use crate::assign::plan::{AssignDeed, AssignPlan, AssignReason};
use crate::{
    Assign, AssignRules, Crm, ErrorKind, LeadId, Session, TeamId, Timestamp, UserId, fields,
};

fn office() -> (Crm, Session) {
    let crm = Crm::open(":memory:").unwrap();
    let s = at(&crm, 2);
    (crm, s)
}

/// A session on a day of March.
fn at(crm: &Crm, day: u32) -> Session {
    let now = Timestamp::parse(&format!("2026-03-{day:02}T09:00:00Z")).unwrap();
    crm.session(None, Some(now)).unwrap()
}

fn team(s: &Session, name: &str) -> TeamId {
    s.teams().create(fields! { name: name }).unwrap().id
}

fn member(s: &Session, team: TeamId, most: i64) -> UserId {
    let user = s
        .users()
        .create(fields! { name: "Ada", login: format!("u{}", s.users().count(None).unwrap()) });
    let user = user.unwrap().id;
    s.teams().add_member(team, user, fields! { assignment_max: most }).unwrap();
    user
}

fn leads(s: &Session, count: usize) -> Vec<LeadId> {
    let drafts = (0..count).map(|n| fields! { name: format!("Deal {n}") }).collect();
    s.leads().create_many(drafts).unwrap().into_iter().map(|lead| lead.id).collect()
}

fn given(plan: &AssignPlan, user: UserId) -> usize {
    plan.steps.iter().filter(|step| step.user_id == Some(user)).count()
}

fn teamless(s: &Session) {
    // The team of a new file would take part, too.
    s.teams().update(TeamId(1), fields! { assignment_optout: true }).unwrap();
}

#[test]
fn the_remainder_of_equal_shares_goes_round() {
    let (crm, s) = office();
    teamless(&s);
    let north = team(&s, "North");
    let users: Vec<UserId> = (0..3).map(|_| member(&s, north, 60)).collect();
    for day in 2..12 {
        let s = at(&crm, day);
        leads(&s, 4);
        let plan = s.assignment().plan(&Assign { seed: 7, ..Assign::default() }).unwrap();
        assert_eq!(s.assignment().run(&plan).unwrap().assigned, 4);
        let had = |user: &UserId| {
            let filter = crate::Filter::parse(&format!("user_id = {user}")).unwrap();
            s.leads().count(Some(&filter)).unwrap()
        };
        let had: Vec<i64> = users.iter().map(had).collect();
        let spread = had.iter().max().unwrap() - had.iter().min().unwrap();
        assert!(spread <= 1, "day {day}: {had:?}");
    }
}

#[test]
fn a_plan_of_a_world_that_moved_is_refused_and_names_what_moved() {
    let (crm, s) = office();
    teamless(&s);
    let north = team(&s, "North");
    let ada = member(&s, north, 60);
    let ids = leads(&s, 3);
    let plan = s.assignment().plan(&Assign::default()).unwrap();
    assert_eq!(AssignPlan::parse(&plan.to_json()).unwrap(), plan);
    s.leads().update(ids[2], fields! { priority: 3 }).unwrap();
    let told = crm.feed(0, 1_000).unwrap().len();
    let refused = s.assignment().run(&plan).unwrap_err();
    assert_eq!((refused.kind(), refused.subject()), (ErrorKind::Conflict, Some(ids[2].subject())));
    assert!(refused.message().contains(&ids[2].to_string()), "{refused}");
    assert_eq!(crm.feed(0, 1_000).unwrap().len(), told);
    let plan = s.assignment().plan(&Assign::default()).unwrap();
    s.teams().update_member(north, ada, fields! { assignment_max: 30 }).unwrap();
    let refused = s.assignment().run(&plan).unwrap_err();
    assert_eq!((refused.kind(), refused.subject()), (ErrorKind::Conflict, Some(ada.subject())));
    let plan = s.assignment().plan(&Assign::default()).unwrap();
    assert_eq!(s.assignment().run(&plan).unwrap().assigned, 1);
    assert_eq!(s.assignment().run(&plan).unwrap_err().kind(), ErrorKind::Conflict);
    for broken in ["", "{}", "[1]"] {
        let refused = AssignPlan::parse(broken).unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::Format, Some("plan")));
    }
}

#[test]
fn a_plan_of_another_office_or_day_is_refused() {
    let (crm, s) = office();
    teamless(&s);
    let north = team(&s, "North");
    let ada = member(&s, north, 60);
    leads(&s, 1);
    let refused = |s: &Session, plan: &AssignPlan| {
        let error = s.assignment().run(plan).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Conflict, Some("plan")), "{error}");
        error
    };
    let plan = s.assignment().plan(&Assign::default()).unwrap();
    // Another file has the same numbers, made at another moment.
    let (other, _) = office();
    let t = at(&other, 3);
    teamless(&t);
    let south = team(&t, "North");
    member(&t, south, 60);
    leads(&t, 1);
    assert!(
        refused(&t, &plan).message().contains("another")
            || refused(&t, &plan).message().contains("not those")
    );
    assert!(refused(&at(&crm, 4), &plan).message().contains("24 hours"));
    assert!(refused(&at(&crm, 1), &plan).message().contains("still to come"));
    for changed in [
        fields! { assignment_optout: true },
        fields! { use_leads: false },
        fields! { assignment_filter: "priority = 3" },
        fields! { active: false },
    ] {
        let plan = s.assignment().plan(&Assign::default()).unwrap();
        assert_eq!(given(&plan, ada), 1);
        s.teams().update(north, changed).unwrap();
        assert_eq!(refused(&s, &plan).subject(), Some(north.subject()));
        let back = fields! { assignment_optout: false, use_leads: true, assignment_filter: crate::Value::Null, active: true };
        s.teams().update(north, back).unwrap();
        assert_eq!(s.assignment().plan(&Assign::default()).unwrap().teams, plan.teams);
    }
    let plan = s.assignment().plan(&Assign::default()).unwrap();
    s.teams().update_member(north, ada, fields! { assignment_filter: "priority = 3" }).unwrap();
    assert_eq!(refused(&s, &plan).subject(), Some(north.subject()));
    s.teams().update_member(north, ada, fields! { assignment_filter: crate::Value::Null }).unwrap();
    s.teams().update(north, fields! { name: "The north" }).unwrap();
    assert_eq!(s.assignment().run(&plan).unwrap().assigned, 1, "a name gives nobody anything");
    let told = format!("{:?}", crm.feed(0, 1_000).unwrap());
    assert!(told.contains("assignment.run") && told.contains("turn"), "{told}");
    leads(&s, 1);
    let plan = s.assignment().plan(&Assign { force: true, ..Assign::default() }).unwrap();
    s.teams().delete(north).unwrap();
    assert_eq!(refused(&s, &plan).subject(), Some(north.subject()));
}

#[test]
fn a_customers_duplicates_stay_with_their_salesperson() {
    for rules in AssignRules::ALL {
        let (_crm, s) = office();
        teamless(&s);
        let north = team(&s, "North");
        let users: Vec<UserId> = (0..4).map(|_| member(&s, north, 60)).collect();
        let card = fields! { name: "Harbour", email: "desk@harbour.example", user_id: users[2] };
        let card = s.partners().create(card).unwrap().id;
        for n in 0..3 {
            let from = fields! { name: format!("Deal {n}"), email_from: "desk@harbour.example", partner_id: card };
            s.leads().create(from).unwrap();
        }
        let assign = Assign { rules: *rules, ..Assign::default() };
        let plan = s.assignment().plan(&assign).unwrap();
        let step = plan.steps.iter().find(|step| step.what == AssignDeed::Assign).unwrap();
        assert_eq!((step.user_id, step.why), (Some(users[2]), AssignReason::PartnerOwner));
        assert_eq!(s.assignment().run(&plan).unwrap().merged, 2);
        let again = s.assignment().plan(&assign).unwrap();
        assert_eq!(s.assignment().run(&again).unwrap(), crate::Assigned::default());
    }
}

#[test]
fn a_salesperson_whose_filter_refuses_a_lead_is_not_given_it_for_its_customer() {
    let (_crm, s) = office();
    teamless(&s);
    let north = team(&s, "North");
    let (ada, ben) = (member(&s, north, 60), member(&s, north, 60));
    s.teams().update_member(north, ada, fields! { assignment_filter: "priority >= 1" }).unwrap();
    let card = s.partners().create(fields! { name: "Harbour", user_id: ada }).unwrap().id;
    let lead = |priority: &str| {
        let deal = fields! { name: "Deal", partner_id: card, priority: priority };
        s.leads().create(deal).unwrap().id
    };
    let (small, large) = (lead("0"), lead("2"));
    let plan = s.assignment().plan(&Assign::default()).unwrap();
    let of = |id| plan.steps.iter().find(|step| step.lead_id == id).unwrap();
    assert_eq!((of(large).user_id, of(large).why), (Some(ada), AssignReason::PartnerOwner));
    assert_eq!((of(small).user_id, of(small).why), (Some(ben), AssignReason::Turn));
}

#[test]
fn a_members_filter_sees_a_lead_as_the_teams_own() {
    for rules in AssignRules::ALL {
        let (_crm, s) = office();
        teamless(&s);
        let teams = [team(&s, "North"), team(&s, "South")];
        s.settings().set("multi_membership", true).unwrap();
        let ada = s.users().create(fields! { name: "Ada" }).unwrap().id;
        for team in teams {
            let own = fields! { assignment_max: 60, assignment_filter: "team_id in :my_teams" };
            s.teams().add_member(team, ada, own).unwrap();
        }
        leads(&s, 4);
        let assign = Assign { rules: *rules, ..Assign::default() };
        let plan = s.assignment().plan(&assign).unwrap();
        assert_eq!(given(&plan, ada), 4, "{rules:?}");
        s.assignment().run(&plan).unwrap();
        let again = s.assignment().plan(&assign).unwrap();
        assert_eq!(s.assignment().run(&again).unwrap(), crate::Assigned::default());
    }
}

#[test]
fn what_is_not_seen_gives_no_salesperson() {
    let (crm, s) = office();
    teamless(&s);
    let north = team(&s, "North");
    let users: Vec<UserId> = (0..3).map(|_| member(&s, north, 60)).collect();
    let boss = s.users().create(fields! { name: "Zoe", role: "all" }).unwrap().id;
    let harbour = fields! { name: "Harbour", is_company: true, user_id: users[1], city: "Kiel" };
    let harbour = s.partners().create(harbour).unwrap().id;
    let person = s.partners().create(fields! { name: "Eve", parent_id: harbour }).unwrap().id;
    let deal = fields! { name: "Old", partner_id: person, user_id: users[2], city: "Kiel", kind: "opportunity" };
    s.leads().create(deal).unwrap();
    s.leads().create(fields! { name: "New", partner_id: person, city: "Bonn" }).unwrap();
    let now = Timestamp::parse("2026-03-02T09:00:00Z").unwrap();
    let why = || {
        let zoe = crm.session(Some(crate::UserRef::Id(boss)), Some(now)).unwrap();
        let plan = zoe.assignment().plan(&Assign::default()).unwrap();
        plan.steps.iter().find(|step| step.user_id.is_some()).unwrap().why
    };
    assert_eq!(why(), AssignReason::CompanyOwner);
    let hide = |record: &str| {
        let rule = fields! { name: record, record: record, filter: "city != \"Kiel\"", use_create: false, use_update: false, use_delete: false };
        s.rules().create(rule).unwrap();
    };
    hide("partner");
    assert_eq!(why(), AssignReason::LastDeal);
    hide("lead");
    assert_eq!(why(), AssignReason::Turn);
}

#[test]
fn among_equals_the_seed_decides_who_is_first() {
    let first = |seed| {
        let (_crm, s) = office();
        teamless(&s);
        let north = team(&s, "North");
        let users: Vec<UserId> = (0..4).map(|_| member(&s, north, 60)).collect();
        leads(&s, 1);
        let assign = Assign { rules: AssignRules::Optimal, seed, ..Assign::default() };
        let plan = s.assignment().plan(&assign).unwrap();
        users.iter().position(|user| given(&plan, *user) == 1).unwrap()
    };
    let drawn: std::collections::BTreeSet<usize> = (0..24).map(first).collect();
    assert_eq!((drawn.len(), first(3)), (4, first(3)));
}

#[test]
fn teams_are_drawn_by_their_capacity() {
    let (_crm, s) = office();
    teamless(&s);
    let (north, south) = (team(&s, "North"), team(&s, "South"));
    member(&s, north, 900);
    member(&s, south, 300);
    leads(&s, 400);
    let plan = s.assignment().plan(&Assign::default()).unwrap();
    let of = |team| plan.steps.iter().filter(|step| step.team_id == Some(team)).count();
    assert_eq!(of(north) + of(south), 400);
    assert!((270..330).contains(&of(north)), "{}", of(north));
    assert_eq!(
        s.assignment().plan(&Assign::default()).unwrap(),
        plan,
        "the same seed draws the same"
    );
    assert_ne!(
        s.assignment().plan(&Assign { seed: 1, ..Assign::default() }).unwrap().steps,
        plan.steps
    );
}

#[test]
fn two_who_claim_a_lead_do_not_both_get_it() {
    let (crm, s) = office();
    let ada = s.users().create(fields! { name: "Ada" }).unwrap().id;
    let ben = s.users().create(fields! { name: "Ben" }).unwrap().id;
    let lead = leads(&s, 1)[0];
    let of = |user: UserId| crm.session(Some(user.into()), None).unwrap();
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let claims = [ada, ben].map(|user| {
            let s = of(user);
            scope.spawn(move || s.leads().claim(lead))
        });
        claims.into_iter().map(|claim| claim.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let refused = outcomes.into_iter().find_map(Result::err).unwrap();
    assert_eq!((refused.kind(), refused.subject()), (ErrorKind::Conflict, Some(lead.subject())));
    let owner = s.leads().get(lead).unwrap().user_id.unwrap();
    assert_eq!(of(owner).leads().claim(lead).unwrap().user_id, Some(owner));
    assert_eq!(s.leads().claim(lead).unwrap_err().field(), Some("user_id"));
    let gone = of(ada).leads().claim(LeadId(99)).unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
}

#[test]
fn what_a_team_can_never_give_goes_to_another_that_accepts_it() {
    let (_crm, s) = office();
    teamless(&s);
    let (north, south) = (team(&s, "North"), team(&s, "South"));
    let ada = member(&s, south, 30);
    let lead = s.leads().create(fields! { name: "Deal", team_id: north, user_id: None::<UserId> });
    let lead = lead.unwrap().id;
    let step = |rules| {
        let plan = s.assignment().plan(&Assign { rules, ..Assign::default() }).unwrap();
        let step = plan.steps.iter().find(|step| step.lead_id == lead).unwrap().clone();
        (plan, step)
    };
    let (_, reference) = step(AssignRules::Reference);
    assert_eq!((reference.what, reference.why), (AssignDeed::Leave, AssignReason::NoMembers));
    let (_, best) = step(AssignRules::Optimal);
    assert_eq!((best.user_id, best.team_id), (Some(ada), Some(south)));
    s.teams().update(south, fields! { assignment_filter: "priority = 3" }).unwrap();
    let (_, nobody) = step(AssignRules::Optimal);
    assert_eq!((nobody.what, nobody.why), (AssignDeed::Leave, AssignReason::NoMembers));
    s.teams().update(south, fields! { assignment_filter: None::<String> }).unwrap();
    // A team whose day is over keeps what it has for tomorrow.
    let ben = member(&s, north, 30);
    s.leads().create(fields! { name: "Today", team_id: north, user_id: ben }).unwrap();
    let (_, full) = step(AssignRules::Optimal);
    assert_eq!((full.what, full.why), (AssignDeed::Leave, AssignReason::NoQuota));
    s.teams().update_member(north, ben, fields! { assignment_max: 0 }).unwrap();
    let (plan, best) = step(AssignRules::Optimal);
    assert_eq!(best.team_id, Some(south));
    assert_eq!(s.assignment().run(&plan).unwrap().assigned, 1);
    assert_eq!(s.leads().get(lead).unwrap().team_id, Some(south));
}

#[test]
fn a_leads_team_and_company_follow_alike_by_every_verb() {
    for start in 0..4 {
        let follow = |verb: usize| {
            let (crm, s) = office();
            let company = s.companies().create(fields! { name: "N", currency: "EUR" }).unwrap().id;
            let ada = s.users().create(fields! { name: "Ada", company_id: company }).unwrap().id;
            let old = s.users().create(fields! { name: "Old" }).unwrap().id;
            let north =
                s.teams().create(fields! { name: "North", company_id: company }).unwrap().id;
            let south = team(&s, "South");
            s.settings().set("multi_membership", true).unwrap();
            s.teams().add_member(south, ada, fields! {}).unwrap();
            s.teams().add_member(north, ada, fields! {}).unwrap();
            let mut deal = fields! { name: "Deal" };
            deal.set("user_id", (verb == 3).then_some(old));
            deal.set("team_id", [None, Some(north), Some(south), Some(TeamId(1))][start]);
            let id = s.leads().create(deal).unwrap().id;
            match verb {
                0 => drop(s.leads().update(id, fields! { user_id: ada }).unwrap()),
                1 => drop(s.leads().assign_to(id, Some(ada), None).unwrap()),
                2 => drop(crm.session(Some(ada.into()), None).unwrap().leads().claim(id).unwrap()),
                _ => drop(s.assignment().hand_over(&crate::HandOver::all(old, ada)).unwrap()),
            }
            let lead = s.leads().get(id).unwrap();
            let place = |team| [north, south].iter().position(|own| Some(*own) == team);
            (lead.user_id == Some(ada), place(lead.team_id), lead.company_id == Some(company))
        };
        let first = follow(0);
        assert_eq!((first.0, first.1.is_some(), first.2), (true, true, true));
        assert_eq!([follow(1), follow(2), follow(3)], [first; 3], "{start}");
    }
}

/// How many are given by a plan, and the sum of their chances.
fn worth(s: &Session, plan: &AssignPlan) -> (usize, i64) {
    let given = plan.steps.iter().filter(|step| step.what == AssignDeed::Assign);
    let chances: Vec<i64> =
        given.map(|step| s.leads().get(step.lead_id).unwrap().probability.ppm()).collect();
    (chances.len(), chances.iter().sum())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Every lead is given or explained, nobody gets more than their quota, and the second run of a day gives nothing.
    #[test]
    fn quotas_hold_and_everything_is_explained(
        members in prop::collection::vec((0..3_usize, 0..100_i64, 0..4_i64, any::<bool>()), 0..9),
        deals in prop::collection::vec((0..4_i64, 0..6_usize, 0..5_usize), 0..25),
        seed in any::<u64>(),
        optimal in any::<bool>(),
    ) {
        let (_crm, s) = office();
        teamless(&s);
        let teams: Vec<TeamId> = (0..3).map(|n| {
            let filter = ["priority >= 1", "priority <= 2", "team_id is null or name ilike \"%a%\""][n];
            let fields = fields! { name: format!("T{n}"), assignment_filter: filter };
            s.teams().create(fields).unwrap().id
        }).collect();
        let mut quotas = Vec::new();
        for (place, most, least, out) in &members {
            let user = member(&s, teams[*place], *most);
            let filter = format!("priority >= {least}");
            let fields = fields! { assignment_filter: filter, assignment_optout: *out };
            s.teams().update_member(teams[*place], user, fields).unwrap();
            let quota = if optimal { (*most + 29) / 30 } else { (*most + 15) / 30 };
            quotas.push((user, if *out { 0 } else { quota }));
        }
        let drafts = deals.iter().enumerate().map(|(n, (priority, email, place))| {
            let email = (*email < 3).then(|| format!("{email}@harbour.example"));
            let team = teams.get(*place).copied();
            fields! { name: format!("Deal {n} a"), priority: *priority, email_from: email, team_id: team }
        });
        s.leads().create_many(drafts.collect()).unwrap();
        let rules = if optimal { AssignRules::Optimal } else { AssignRules::Reference };
        let asked = Assign { seed, rules, ..Assign::default() };
        let plan = s.assignment().plan(&asked).unwrap();
        prop_assert_eq!(plan.steps.len(), deals.len());
        for (user, quota) in &quotas {
            prop_assert!(i64::try_from(given(&plan, *user)).unwrap() <= *quota);
        }
        for step in &plan.steps {
            prop_assert!(!optimal || step.what != AssignDeed::Allocate);
            let explained = match step.what {
                AssignDeed::Assign => step.user_id.is_some() && step.team_id.is_some(),
                AssignDeed::Allocate => step.user_id.is_none() && step.team_id.is_some(),
                AssignDeed::Merge => step.into_id.is_some() && step.why == AssignReason::Duplicate,
                AssignDeed::Leave => step.user_id.is_none(),
            };
            prop_assert!(explained, "{:?}", step);
        }
        let done = s.assignment().run(&plan).unwrap();
        let count = |what| plan.steps.iter().filter(|step| step.what == what).count();
        prop_assert_eq!(
            (done.assigned, done.allocated, done.merged),
            (count(AssignDeed::Assign), count(AssignDeed::Allocate), count(AssignDeed::Merge))
        );
        for step in plan.steps.iter().filter(|step| step.what == AssignDeed::Assign) {
            let lead = s.leads().get(step.lead_id).unwrap();
            prop_assert_eq!((lead.user_id, lead.team_id), (step.user_id, step.team_id));
            prop_assert_eq!(lead.kind.word(), "opportunity");
        }
        let again = s.assignment().plan(&asked).unwrap();
        prop_assert_eq!(s.assignment().run(&again).unwrap().assigned, 0);
    }

    /// What is told to be best is, beside the reference rules; and evenly shared.
    #[test]
    fn the_optimal_plan_is_no_worse_than_the_reference(
        members in prop::collection::vec((0..3_usize, 1..5_i64, 0..4_i64), 1..7),
        deals in prop::collection::vec((0..4_i64, 0..4_usize, 0..100_i64), 0..25),
        seed in any::<u64>(),
    ) {
        let (_crm, s) = office();
        teamless(&s);
        let teams: Vec<TeamId> = (0..3).map(|n| team(&s, &format!("T{n}"))).collect();
        for (place, most, least) in &members {
            let user = member(&s, teams[*place], most * 30);
            let fields = fields! { assignment_filter: format!("priority >= {least}") };
            s.teams().update_member(teams[*place], user, fields).unwrap();
        }
        let drafts = deals.iter().map(|(priority, place, chance)| {
            let team = teams.get(*place).copied();
            fields! { name: "Deal", priority: *priority, team_id: team, probability: *chance }
        });
        s.leads().create_many(drafts.collect()).unwrap();
        let reference = s.assignment().plan(&Assign { seed, ..Assign::default() }).unwrap();
        let asked = Assign { rules: AssignRules::Optimal, ..Assign::default() };
        let optimal = s.assignment().plan(&asked).unwrap();
        let (best, other) = (worth(&s, &optimal), worth(&s, &reference));
        prop_assert!(best.0 >= other.0, "{best:?} {other:?}");
        prop_assert!(best.1 >= other.1, "{best:?} {other:?}");
        prop_assert!(optimal.terms.iter().any(|term| term.name == "proven" && term.value == "true"));
    }

    /// Nobody who is given something ends up with two more in 30 days than somebody else who could have had it and is not full.
    #[test]
    fn what_can_be_shared_evenly_is(
        members in prop::collection::vec((0..2_usize, 1..5_i64, 0..4_i64, 0..8_usize), 2..7),
        deals in prop::collection::vec((0..4_i64, 0..3_usize), 1..20),
    ) {
        let (crm, s) = office();
        teamless(&s);
        let teams: Vec<TeamId> = (0..2).map(|n| team(&s, &format!("T{n}"))).collect();
        let mut seats = Vec::new();
        for (place, most, least, had) in &members {
            let user = member(&s, teams[*place], most * 30);
            let fields = fields! { assignment_filter: format!("priority >= {least}") };
            s.teams().update_member(teams[*place], user, fields).unwrap();
            let before = fields! { name: "Before", team_id: teams[*place], user_id: user };
            s.leads().create_many(vec![before; *had]).unwrap();
            seats.push((user, teams[*place], usize::try_from(*most).unwrap(), *least, *had));
        }
        let later = at(&crm, 9);
        let drafts = deals.iter().map(|(priority, place)| {
            fields! { name: "Deal", priority: *priority, team_id: teams.get(*place).copied(), user_id: None::<UserId> }
        });
        later.leads().create_many(drafts.collect()).unwrap();
        let asked = Assign { rules: AssignRules::Optimal, ..Assign::default() };
        let plan = later.assignment().plan(&asked).unwrap();
        for step in plan.steps.iter().filter(|step| step.what == AssignDeed::Assign) {
            let lead = later.leads().get(step.lead_id).unwrap();
            let level = |user: UserId, had: usize| had + given(&plan, user);
            let (owner, .., had) = seats.iter().find(|seat| Some(seat.0) == step.user_id).unwrap();
            for (user, team, most, least, theirs) in &seats {
                let may = lead.team_id.is_none_or(|own| own == *team) && lead.priority >= *least;
                if may && given(&plan, *user) < *most {
                    prop_assert!(level(*owner, *had) <= level(*user, *theirs) + 1, "{step:?} {user:?}");
                }
            }
        }
    }

    /// Who may have a lead by place, language and skills, and says as closely where it is, ends up with at most one less than who was given it,
    /// unless full; whatever anybody's record; and what nobody is given, nobody who has room may have.
    #[test]
    fn what_anybody_can_take_is_shared_evenly(
        members in prop::collection::vec((0..4_usize, 0..3_usize, 0..4_usize, 1..4_i64, 0..5_usize), 2..6),
        deals in prop::collection::vec((0..4_usize, 0..3_usize, 0..4_usize), 1..16),
    ) {
        let (crm, s) = office();
        teamless(&s);
        let north = team(&s, "North");
        let territories = ["", "DE", "DE:80", "SE"];
        let languages = ["", "de", "sv"];
        let skills: [&[i64]; 4] = [&[], &[1], &[2], &[1, 2]];
        let mut seats = Vec::new();
        for (place, speaks, knows, most, won) in &members {
            let user = member(&s, north, most * 30);
            let mut fields = fields! { territory: territories[*place], languages: languages[*speaks] };
            fields.set("skill_ids", skills[*knows].to_vec());
            s.teams().update_member(north, user, fields).unwrap();
            let deal = fields! { name: "Old", team_id: north, user_id: user };
            let old = s.leads().create_many(vec![deal; *won]).unwrap();
            let ids: Vec<LeadId> = old.iter().map(|lead| lead.id).collect();
            s.leads().mark_won(&ids[..]).unwrap();
            seats.push((user, *place, *speaks, *knows, usize::try_from(*most).unwrap()));
        }
        let june = Timestamp::parse("2026-06-02T09:00:00Z").unwrap();
        let later = crm.session(None, Some(june)).unwrap();
        let asked: Vec<i64> = members.iter().flat_map(|member| skills[member.2]).copied().collect();
        let drafts = deals.iter().map(|(place, lang, tags)| {
            let country = [None, Some("DE"), Some("DE"), Some("SE")][*place];
            let zip = [None, Some("10115"), Some("80331"), None][*place];
            let lang = [None, Some("de_DE"), Some("sv")][*lang];
            let mut deal = fields! { name: "Deal", country_code: country, zip: zip, lang: lang };
            deal.set("tag_ids", skills[*tags].to_vec());
            deal
        });
        let made = later.leads().create_many(drafts.collect()).unwrap();
        let ids: Vec<LeadId> = made.iter().map(|lead| lead.id).collect();
        let close = |lead: usize, member: usize| -> Option<usize> {
            let (at, lang, tags) = deals[lead];
            let (_, place, speaks, knows, _) = seats[member];
            let there = match (place, at) { (0, _) => 0, (1, 1 | 2) => 1, (2, 2) => 4, (3, 3) => 1, _ => return None };
            let knows_all = skills[tags].iter().all(|tag| !asked.contains(tag) || skills[knows].contains(tag));
            (lang == 0 || speaks == 0 || speaks == lang).then_some(())?;
            (knows == 0 || knows_all).then_some(there)
        };
        let all = 0..seats.len();
        let may = |lead: usize, member: usize| {
            let own = close(lead, member);
            own.is_some() && own == all.clone().filter_map(|other| close(lead, other)).max()
        };
        let asked = Assign { rules: AssignRules::Optimal, ..Assign::default() };
        let plan = later.assignment().plan(&asked).unwrap();
        let load = |member: usize| given(&plan, seats[member].0);
        for step in &plan.steps {
            let lead = ids.iter().position(|id| *id == step.lead_id).unwrap();
            let owner = seats.iter().position(|seat| Some(seat.0) == step.user_id);
            prop_assert!(owner.is_none_or(|owner| may(lead, owner)), "{step:?}");
            for other in all.clone().filter(|other| may(lead, *other) && load(*other) < seats[*other].4) {
                prop_assert!(owner.is_some_and(|owner| load(owner) <= load(other) + 1), "{step:?} {other}");
            }
        }
    }
}
