//! Non-interference: whatever an actor may read is the same whether or not there is anything that they do not see.
//!
//! Random leads, partners, roles, activities and messages; every role; two databases, of which one has lost what the actor does not see. Every
//! answer is compared as text. Exempt, as `access` says: ids (which stay the same here), the feed's numbers, and what the score has learnt, for
//! which nothing unseen is closed here.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::collections::BTreeSet;
use std::fmt::{Debug, Write as _};

use crm_core::duplicate::{DuplicateOf, DuplicateQuery, DuplicateScan};
use crm_core::forecast::{ForecastKey, ForecastQuery};
use crm_core::{
    ActivityId, AuditQuery, Convert, Crm, Fields, Filter, Find, HandOver, LeadId, Lost, Merge,
    PartnerId, PartnerMerge, Progress, PropertyDefinition, PropertyKind, RecordKind, Schedule,
    Session, StageId, Subject, Timestamp, UserId, fields,
};

const ROLES: [&str; 7] = ["external", "own", "team", "sub_tree", "company", "all", "admin"];
const KINDS: [RecordKind; 6] = [
    RecordKind::Lead,
    RecordKind::Partner,
    RecordKind::PartnerContact,
    RecordKind::PartnerRole,
    RecordKind::Activity,
    RecordKind::Message,
];

/// Numbers that only look random, so that both databases get the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// A database after the same random verbs; the actor has that role, narrowed by rules or not.
fn world(seed: u64, role: &str, rules: Option<Rules>) -> (Crm, UserId) {
    let crm = Crm::open(":memory:").unwrap();
    let s = session(&crm, None);
    let mut dice = Dice(seed);
    let mut d = |sides| dice.roll(sides);
    let there = s.companies().create(fields! { name: "There", currency: "EUR" }).unwrap().id;
    let mut partners: Vec<i64> = Vec::new();
    for n in 0..14 {
        let mut card =
            fields! { name: format!("Partner {}", d(9)), email: format!("p{}@h{n}.example", d(4)) };
        card.set("is_company", n % 4 == 0);
        if n % 4 != 0 {
            card.set("parent_id", partners[usize::try_from(n / 4 * 4).unwrap()]);
        }
        if d(4) == 0 {
            card.set("company_id", there.0);
        }
        if n % 4 == 3 {
            card.set("address_type", "private");
        }
        card.set("city", format!("City {}", d(3)));
        if let Ok(partner) = s.partners().create(card) {
            partners.push(partner.id.0);
        } else {
            let alone = s.partners().create(fields! { name: "Alone" }).unwrap();
            partners.push(alone.id.0);
        }
    }
    let mut me = fields! { name: "Me", login: "me", role: role, company_id: 1 };
    me.set("partner_id", partners[1]);
    let me = s.users().create(me).unwrap().id;
    let other = s.users().create(fields! { name: "Other", login: "other" }).unwrap().id;
    let team = s.teams().create(fields! { name: "Mine", user_id: me }).unwrap().id;
    let below = s.teams().create(fields! { name: "Below", parent_id: team }).unwrap().id;
    let aside = s.teams().create(fields! { name: "Aside" }).unwrap().id;
    for (team, user) in [(Some(team), None), (Some(aside), Some(other)), (None, Some(other))] {
        let mut goal = fields! { metric: "won_revenue", amount: 5_000, date_from: "2000-01-01", date_to: "2999-12-31" };
        goal.set("team_id", team);
        goal.set("user_id", user);
        s.targets().create(goal).unwrap();
    }
    let mut leads: Vec<LeadId> = Vec::new();
    for n in 0..30 {
        let mut lead = fields! { name: format!("Lead {n}"), expected_revenue: 100 + d(900) };
        lead.set("email_from", format!("ada{}@moss.example", d(6)));
        lead.set("phone", format!("+33 1 23 45 67 8{}", d(4)));
        lead.set("city", format!("City {}", d(3)));
        lead.set("priority", d(4));
        match d(4) {
            0 => drop(lead.set("user_id", me.0)),
            1 => drop(lead.set("user_id", crm_core::Value::Null)),
            _ => drop(lead.set("user_id", other.0)),
        }
        lead.set("team_id", [team, below, aside][usize::try_from(d(3)).unwrap()].0);
        if d(3) > 0 {
            lead.set("partner_id", partners[usize::try_from(d(14)).unwrap()]);
        } else if d(3) == 0 {
            lead.set("company_id", there.0);
        }
        let Ok(lead) = s.leads().create(lead) else { continue };
        leads.push(lead.id);
        s.chatter().post(lead.id, &format!("said {n}"), d(2) == 0).unwrap();
        let plan = Schedule { activity_type_id: 3.into(), ..Schedule::default() };
        s.activities().schedule(lead.id, &plan).unwrap();
        let _ = s.leads().update(lead.id, fields! { expected_revenue: 1_000 + d(900) });
        if d(5) == 0 {
            s.leads().archive(lead.id).unwrap();
        }
    }
    for partner in &partners {
        s.chatter().post(PartnerId(*partner), "about them", d(2) == 0).unwrap();
        let mut role = Fields::new();
        role.set("partner_id", *partner);
        role.set("role", "customer");
        let _ = s.partner_roles().create(role);
    }
    if let Some(rules) = rules {
        rule(&s, role, rules);
    }
    (crm, me)
}

/// What rules may say of leads; the last two speak of what is linked.
const LEAD_RULES: [&str; 8] = [
    "city != \"City 1\" and (priority > 0 or user_id = :me)",
    "not (priority = 2)",
    "user_id = :me or user_id is null or team_id in (:my_teams)",
    "expected_revenue < 1500.00",
    "email_from ilike \"ada%moss%\" and email_from not like \"ada3%\"",
    "active = true or city = \"City 0\"",
    "not (partner_id.city = \"City 0\")",
    "partner_id is null or partner_id.is_company = true",
];
const PARTNER_RULES: [&str; 4] = [
    "city != \"City 2\"",
    "name != \"Partner 3\"",
    "is_company = true or city != \"City 0\"",
    "id > 2",
];

/// Rules that narrow a role: these three, or some that are drawn.
fn rule(s: &Session, role: &str, rules: Rules) {
    let narrow = |record: &str, filter: &str, writes: bool| {
        let mut about = fields! { name: "narrow", record: record, role: role, filter: filter };
        about.set("use_update", writes);
        s.rules().create(about).unwrap();
    };
    match rules {
        Rules::Fixed => {
            narrow("lead", LEAD_RULES[0], true);
            narrow("lead", LEAD_RULES[6], true);
            narrow("partner", PARTNER_RULES[0], true);
        }
        Rules::Drawn(seed, linked) => {
            let mut dice = Dice(seed);
            let sides = if linked { 8 } else { 6 };
            for _ in 0..=dice.roll(2) {
                let at = usize::try_from(dice.roll(sides)).unwrap();
                narrow("lead", LEAD_RULES[at], dice.roll(2) == 0);
            }
            let at = usize::try_from(dice.roll(4)).unwrap();
            narrow("partner", PARTNER_RULES[at], dice.roll(2) == 0);
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Rules {
    Fixed,
    /// By a seed; with rules that follow links, or without.
    Drawn(u64, bool),
}

fn session(crm: &Crm, user: Option<UserId>) -> Session {
    let now = Timestamp::parse("2026-03-02T09:00:00Z").unwrap();
    crm.session(user.map(Into::into), Some(now)).unwrap()
}

/// Ids that a session sees, archived ones too.
fn seen(s: &Session, kind: RecordKind) -> BTreeSet<i64> {
    let all = match kind {
        RecordKind::Lead | RecordKind::Partner => "active in (true, false)",
        RecordKind::Activity => "date_done is null",
        _ => "id > 0",
    };
    let frame = s.desk(kind).frame(&Find::filter(all).unwrap(), Some(&["id"])).unwrap();
    (0..frame.len()).filter_map(|at| frame.value(at, 0).as_int()).collect()
}

/// Everything that a session answers, in text; errors by their words.
fn all_answers(s: &Session) -> String {
    let mut text = String::new();
    fn tell<T: Debug, E: std::fmt::Display>(text: &mut String, what: &str, answer: Result<T, E>) {
        match answer {
            Ok(answer) => writeln!(text, "{what}: {answer:?}").unwrap(),
            Err(error) => writeln!(text, "{what}: {error}").unwrap(),
        }
    }
    let filters = [
        None,
        Some("active in (true, false)"),
        Some("city = \"City 1\""),
        Some("partner_id.name ilike \"%1%\""),
        Some("team_id.name = \"Below\" and expected_revenue > 500"),
        Some("email_from ilike \"%moss%\""),
    ];
    for kind in KINDS {
        for filter in filters {
            let parsed = filter.map(|filter| Filter::parse(filter).unwrap());
            tell(&mut text, "count", s.desk(kind).count(parsed.as_ref()));
            for order in [None, Some("id desc".to_owned())] {
                let find =
                    Find { filter: parsed.clone(), order, limit: Some(7), ..Find::default() };
                tell(&mut text, "find", s.desk(kind).find(&find));
            }
        }
        for id in 1..=45 {
            tell(&mut text, "get", s.desk(kind).get(id));
        }
        let mut out = Vec::new();
        let _ = s.csv().export(kind, &mut out, None, None);
        tell(&mut text, "csv", Ok::<_, String>(String::from_utf8(out)));
        let query = AuditQuery { record: Some(kind), limit: 1_000, ..AuditQuery::default() };
        let told = s.audit().find(&query).map(|told| {
            // The feed's numbers are exempt.
            let line = |entry: crm_core::FeedEntry| (entry.event, entry.subject, entry.data);
            told.into_iter().map(line).collect::<Vec<_>>()
        });
        tell(&mut text, "audit", told);
    }
    for below in [false, true] {
        tell(&mut text, "attainment", s.targets().attainment(None, below));
    }
    for id in 1..=30 {
        let lead = LeadId(id);
        tell(&mut text, "history", s.leads().history(lead));
        tell(&mut text, "status", s.activities().status(&[lead]));
        tell(&mut text, "timeline", s.chatter().list(lead));
        tell(&mut text, "explain", s.score().explain(lead).map(|why| why.rows));
        tell(&mut text, "nearest", s.score().nearest(lead));
        tell(&mut text, "alike", s.duplicates().find(&DuplicateQuery::of(DuplicateOf::Lead(lead))));
    }
    for id in 1..=14 {
        let partner = PartnerId(id);
        tell(&mut text, "timeline", s.chatter().list(Subject { kind: RecordKind::Partner, id }));
        tell(&mut text, "roles", s.partners().roles(partner));
        let of = DuplicateOf::Partner(partner);
        tell(&mut text, "alike", s.duplicates().find(&DuplicateQuery::of(of)));
        for purpose in ["invoice", "private", "contact"] {
            let purpose = crm_core::AddressType::parse(purpose).unwrap();
            tell(&mut text, "address", s.partners().address_for(partner, purpose));
        }
    }
    for id in 1..=13 {
        let partners = [PartnerId(id + 1), PartnerId(id)];
        tell(&mut text, "plan", s.partners().plan_merge(&partners, &PartnerMerge::default()));
        tell(
            &mut text,
            "plan",
            s.leads().plan_merge(&[LeadId(id), LeadId(id + 1)], &Merge::default()),
        );
    }
    for kind in [RecordKind::Lead, RecordKind::Partner] {
        let scan = s.duplicates().scan(&DuplicateScan::of(kind), &mut Progress::none());
        tell(&mut text, "scan", scan);
    }
    tell(&mut text, "board", s.forecast().board(None));
    for key in [ForecastKey::TeamId, ForecastKey::UserId, ForecastKey::Month] {
        let query = ForecastQuery { by: vec![key], ..ForecastQuery::default() };
        tell(&mut text, "forecast", s.forecast().weighted(&query));
    }
    tell(&mut text, "frequencies", s.score().frequencies());
    for lead in (1..=30).map(LeadId) {
        tell(
            &mut text,
            "lost",
            s.leads().mark_lost(lead, &Lost::default()).err().map_or(Ok("may"), Err),
        );
        tell(&mut text, "delete", s.leads().delete(lead).err().map_or(Ok("may"), Err));
    }
    text
}

/// What a session answers when nothing that it does is kept.
fn answers(s: &Session) -> String {
    s.begin().unwrap();
    let text = all_answers(s);
    s.rollback().unwrap();
    text
}

/// What somebody does, in words that tell how it went: verbs on whatever there is, seen or not. Left out is what `access` exempts, and changes
/// of partners when rules ask what a lead's partner is: such a change may show a lead that was not seen before.
fn acts(s: &Session, seed: u64, other: UserId, partners: bool) -> String {
    let mut text = String::new();
    let mut dice = Dice(seed);
    for n in 0..60 {
        let mut d = |sides| dice.roll(sides);
        let (verb, one, two, more) = (d(22), LeadId(1 + d(32)), LeadId(1 + d(32)), d(14));
        let (card, twin) = (PartnerId(1 + d(15)), PartnerId(1 + d(15)));
        let leads = s.leads();
        let plan = Schedule { activity_type_id: 3.into(), ..Schedule::default() };
        let convert = Convert {
            deduplicate: n % 2 == 0,
            create_partner: partners && n % 3 == 0,
            ..Convert::default()
        };
        let owned = HandOver { record: Some(RecordKind::Lead), ..HandOver::all(other, UserId(1)) };
        let told = match verb {
            0 => say(leads.mark_won(one)),
            1 => say(leads.mark_lost(&[one, two][..], &Lost::default())),
            2 => say(leads.reopen(one)),
            3 => say(leads.archive(one)),
            4 => say(leads.restore(one)),
            5 => say(leads.plan_merge(&[one, two], &Merge::default())) + &say(leads.merge(&[one, two], &Merge::default())),
            6 => say(leads.unmerge(1 + more)),
            7 => say(leads.plan_convert(&[one, two], &convert)) + &say(leads.convert(&[one, two][..], &convert)),
            8 => say(leads.assign_to(one, Some(other), None)),
            9 => say(s.assignment().plan_hand_over(&owned)),
            10 => say(s.assignment().hand_over(&owned)),
            11 => say(s.chatter().post(one, "acted", n % 2 == 0)),
            12 => say(s.activities().schedule(one, &plan)),
            13 => say(s.activities().done(ActivityId(1 + more * 2), Some("done"))),
            14 => say(leads.update(one, fields! { partner_id: card })),
            15 => say(leads.update(&[one, two][..], fields! { city: format!("City {}", more % 3), priority: more % 4 })),
            16 => say(leads.move_to(one, StageId(1 + more % 4))),
            17 => say(leads.copy(one)),
            18 => say(leads.create(fields! { name: format!("New {n}"), partner_id: card, email_from: "ada1@moss.example" })),
            19 if partners => {
                let (both, merge) = ([card, twin], PartnerMerge::default());
                say(s.partners().plan_merge(&both, &merge)) + &say(s.partners().merge(&both, &merge))
            }
            20 if partners => say(s.partners().update(card, fields! { parent_id: twin, zip: format!("{more}") })),
            19..=21 => say(leads.delete(one)) + &say(s.partners().update(card, fields! { comment: "met" })),
            _ => unreachable!("the dice has 22 sides"),
        };
        writeln!(text, "act {n} {verb} {one:?} {two:?} {card:?}: {told}").unwrap();
    }
    for merges in [say(s.leads().merges(None, None)), say(s.partners().merges(None, None))] {
        writeln!(text, "merges: {merges}").unwrap();
    }
    text
}

fn say<T: Debug>(answer: Result<T, crm_core::Error>) -> String {
    match answer {
        Ok(answer) => format!("{answer:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_unseen_changes_no_answer() {
    for role in ROLES {
        for seed in 0..2 {
            compare(seed, role, None, false);
        }
    }
}

#[test]
fn what_rules_hide_changes_no_answer() {
    for role in ROLES.into_iter().filter(|role| *role != "admin") {
        compare(2, role, Some(Rules::Fixed), false);
        for seed in 0..2 {
            compare(3 + seed, role, Some(Rules::Drawn(seed, true)), false);
        }
    }
}

#[test]
fn what_is_unseen_changes_no_act() {
    for role in ROLES {
        for seed in 10..12 {
            compare(seed, role, None, true);
        }
    }
}

#[test]
fn what_rules_hide_changes_no_act() {
    for role in ROLES.into_iter().filter(|role| !matches!(*role, "admin" | "external")) {
        for seed in 20..23 {
            compare(seed, role, Some(Rules::Drawn(seed, seed == 22)), true);
        }
    }
}

/// Fields that differ between two databases, and are hidden.
const LEAD_FIELDS: &str = "expected_revenue, recurring_revenue, email_from, phone, city, description, date_deadline, properties.Seats";
const PARTNER_FIELDS: &str = "email, phone, city, comment, tax_id";

/// What is hidden says something else in each database, and something in both.
fn fill(crm: &Crm, role: &str, n: i64, hides: bool) {
    let s = session(crm, None);
    let seats = PropertyDefinition::new(RecordKind::Lead, "Seats", PropertyKind::Number);
    s.properties().declare(&seats).unwrap();
    for id in 1..=14 {
        let mut card = fields! { city: format!("Town {n}"), comment: format!("note {n} {id}") };
        card.set("email", format!("card{n}{id}@other{n}.example"));
        card.set("phone", format!("+33 1 44 45 6{n} {:02}", id + 10));
        card.set("tax_id", format!("FR{n}{id}"));
        s.partners().update(PartnerId(id), card).unwrap();
    }
    let all = Find::filter("active in (true, false)").unwrap();
    for lead in s.leads().find(&all).unwrap() {
        let id = lead.id.0;
        let mut card =
            fields! { expected_revenue: 5_000 + id * (7 * n + 3) % 97, recurring_revenue: 7 * n };
        // Of a customer's deal they would be told to the customer, and how often that is depends on what they are.
        if lead.partner_id.is_none() {
            card.set("email_from", format!("lead{n}{}@firm{n}.example", id % (n + 2)));
            card.set("phone", format!("+33 1 55 45 6{n} {:02}", id % (n + 3) + 10));
        }
        card.set("city", format!("Place {n}"));
        card.set("description", format!("story {n}"));
        card.set("date_deadline", format!("2026-0{}-0{}", n + 1, 1 + id % 9));
        card.set("properties.Seats", n + id);
        s.leads().update(lead.id, card).unwrap();
    }
    if hides {
        for (record, names) in [("lead", LEAD_FIELDS), ("partner", PARTNER_FIELDS)] {
            let rule = fields! { name: "hide", record: record, role: role, field_names: names };
            s.rules().create(rule).unwrap();
        }
    }
}

#[test]
fn what_fields_hide_changes_no_answer() {
    for role in ["external", "own", "team", "all"] {
        let told = |n: i64, hides: bool| {
            let (crm, me) = world(5, role, None);
            fill(&crm, role, n, hides);
            let s = session(&crm, Some(me));
            let mut text = answers(&s);
            for filter in [
                "expected_revenue > 5.00",
                "email_from is null",
                "properties.Seats > 3",
                "partner_id.email like \"c%\"",
            ] {
                let filter = Filter::parse(filter).unwrap();
                writeln!(text, "filter: {}", say(s.leads().count(Some(&filter)))).unwrap();
            }
            for order in ["expected_revenue desc", "partner_id.city", "date_deadline"] {
                let find = Find { order: Some(order.to_owned()), ..Find::default() };
                writeln!(text, "order: {}", say(s.leads().find(&find))).unwrap();
            }
            let names = [
                "name",
                "email_from",
                "partner_id.email",
                "properties.Seats",
                "properties",
                "tag_ids",
            ];
            writeln!(text, "frame: {}", say(s.leads().frame(&Find::default(), Some(&names))))
                .unwrap();
            let mut changed = fields! { name: "x" };
            changed.expected_version = Some(1);
            writeln!(text, "version: {}", say(s.leads().update(LeadId(1), changed))).unwrap();
            text
        };
        let (one, two) = (told(1, true), told(2, true));
        for (one, two) in one.lines().zip(two.lines()) {
            assert_eq!(one, two, "{role}");
        }
        assert_ne!(told(1, false), told(2, false), "{role}: there is something to hide");
    }
}

#[test]
fn deals_that_are_not_seen_reach_no_target() {
    // Apart from the rest, since won deals teach the score, which is exempt.
    for role in ["external", "own", "team", "sub_tree", "company"] {
        let reached = |goes: bool| {
            let (crm, me) = world(0, role, None);
            let (admin, own) = (session(&crm, None), session(&crm, Some(me)));
            for id in seen(&admin, RecordKind::Lead) {
                admin.leads().mark_won(LeadId(id)).unwrap();
            }
            let unseen = &seen(&admin, RecordKind::Lead) - &seen(&own, RecordKind::Lead);
            assert!(!unseen.is_empty(), "{role}: something is unseen");
            for id in unseen.into_iter().filter(|_| goes) {
                admin.leads().delete(LeadId(id)).unwrap();
            }
            let told = |s: &Session| {
                [false, true].map(|below| format!("{:?}", s.targets().attainment(None, below)))
            };
            (told(&own), told(&admin))
        };
        let ((with, all), (without, _)) = (reached(false), reached(true));
        assert_eq!(with, without, "{role}");
        assert_ne!(with, all, "{role}: there is something to hide");
    }
}

/// Asks two databases the same, of which one has lost what the actor does not see; before that, the actor may act in both.
fn compare(seed: u64, role: &str, rules: Option<Rules>, act: bool) {
    let (whole, me) = world(seed, role, rules);
    let (less, _) = world(seed, role, rules);
    let (admin, own) = (session(&less, None), session(&less, Some(me)));
    let (leads, partners) = (seen(&own, RecordKind::Lead), seen(&own, RecordKind::Partner));
    let mut gone = 0;
    for id in seen(&admin, RecordKind::Lead).difference(&leads) {
        admin.leads().delete(LeadId(*id)).unwrap();
        gone += 1;
    }
    for id in seen(&admin, RecordKind::Partner).difference(&partners) {
        // One to which something seen refers stays: that there is somebody is seen there.
        gone += usize::from(admin.partners().delete(PartnerId(*id)).is_ok());
    }
    let shown = seen(&own, RecordKind::Message).len();
    assert!(
        shown > 0 || role == "external" || rules.is_some(),
        "{role} {seed}: the actor sees something"
    );
    assert!(gone > 0, "{role} {seed}: something is unseen");
    let all = session(&whole, Some(me));
    let (mut with, mut without) = (String::new(), String::new());
    if act {
        let linked = matches!(rules, Some(Rules::Drawn(_, true)));
        let other = UserId(me.0 + 1);
        with = acts(&all, seed, other, !linked);
        without = acts(&own, seed, other, !linked);
        assert!(role == "external" || with.contains("Lead {"), "{role} {seed}: something succeeds");
    }
    with += &answers(&all);
    without += &answers(&own);
    for (with, without) in with.lines().zip(without.lines()) {
        assert_eq!(with, without, "{role} {seed}");
    }
    assert_eq!(with.lines().count(), without.lines().count(), "{role} {seed}");
}
