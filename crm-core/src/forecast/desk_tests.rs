//! The forecast through its desk: what it covers, and that kept counts say what the leads say.

use proptest::prelude::*;

use super::weighted::Plan;
use super::{Forecast, ForecastKey, ForecastQuery, store};
use crate::base::zone::Zone;
use crate::base::{Date, Timestamp};
use crate::storage::Tx;
use crate::{
    CompanyId, Crm, Fields, Filter, LeadId, Lost, ProbabilityPolicy, Progress, Session, StageId,
    TeamId, UserId, fields,
};

fn now() -> Timestamp {
    Timestamp::parse("2026-03-15T12:00:00Z").unwrap()
}

fn opened() -> (Crm, Session) {
    let crm = Crm::open(":memory:").unwrap();
    let session = crm.session(None, Some(now())).unwrap();
    (crm, session)
}

fn query(by: &[ForecastKey], filter: &str, zone: &str) -> ForecastQuery {
    let filter = (!filter.is_empty()).then(|| Filter::parse(filter).unwrap());
    ForecastQuery { by: by.to_vec(), filter, zone: zone.to_owned(), as_of: None }
}

fn lines(forecast: &Forecast) -> Vec<String> {
    let line = |row: &super::ForecastRow| {
        let period = row.period_start.map_or(String::new(), |day| day.to_string());
        format!(
            "{period} {} {} {} {}",
            row.bucket.word(),
            row.count,
            row.expected_revenue,
            row.weighted_revenue.normalize()
        )
    };
    forecast.rows.iter().map(line).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "written in place by every test")]
fn deal(session: &Session, more: Fields) -> LeadId {
    let mut draft = fields! { name: "Deal", expected_revenue: 100, probability: 50 };
    for (name, value) in more.iter() {
        draft.set(name.to_owned(), value.clone());
    }
    session.leads().create(draft).unwrap().id
}

#[test]
fn open_overdue_undated_and_won_deals_are_told_apart() {
    let (_, s) = opened();
    for day in ["2026-03-14", "2026-03-15", "2026-03-31", "2026-02-01", "2026-04-01"] {
        deal(&s, fields! { date_deadline: Date::parse(day).unwrap() });
    }
    deal(&s, fields! {});
    let won = deal(&s, fields! {});
    s.leads().mark_won(won).unwrap();
    let lost = deal(&s, fields! {});
    s.leads().mark_lost(lost, &Lost::default()).unwrap();
    let archived = deal(&s, fields! {});
    s.leads().archive(archived).unwrap();
    s.leads().archive(won).unwrap();
    deal(&s, fields! { on_hold: true });
    deal(&s, fields! { kind: "lead" });
    let forecast = s.forecast().weighted(&query(&[ForecastKey::Month], "", "UTC")).unwrap();
    assert_eq!(
        lines(&forecast),
        [
            "2026-02-01 overdue 1 100.00 50",
            "2026-03-01 won 1 100.00 100",
            "2026-03-01 open 2 200.00 100",
            "2026-03-01 overdue 1 100.00 50",
            "2026-04-01 open 1 100.00 50",
            " undated 1 100.00 50",
        ]
    );
    assert_eq!(forecast.totals[0].weighted_revenue, 400.into());
    let count =
        |filter: &str| s.forecast().weighted(&query(&[], filter, "UTC")).unwrap().totals[0].count;
    assert_eq!(count("kind in (\"lead\", \"opportunity\")"), 8, "the filter speaks of the kind");
    assert_eq!(count("on_hold in (true, false)"), 8, "the filter speaks of deals on hold");
}

#[test]
fn a_question_that_makes_no_sense_is_refused() {
    let (_, s) = opened();
    let both = query(&[ForecastKey::Month, ForecastKey::Quarter], "", "UTC");
    assert_eq!(s.forecast().weighted(&both).unwrap_err().field(), Some("by"));
    assert_eq!(s.forecast().weighted(&query(&[], "", "Mars")).unwrap_err().field(), Some("zone"));
    assert!(s.forecast().weighted(&query(&[], "stage = 3", "UTC")).is_err());
    assert!(s.forecast().weighted(&query(&[], "", "UTC")).unwrap().rows.is_empty());
}

#[test]
fn one_sees_the_forecast_of_what_one_sees() {
    let (crm, s) = opened();
    let user = |login: &str, role: &str| {
        s.users().create(fields! { name: login, login: login, role: role }).unwrap().id
    };
    let (ada, ben) = (user("ada", "own"), user("ben", "team"));
    let team = s.teams().create(fields! { name: "Harbour", member_ids: vec![ben.0] }).unwrap().id;
    let other = s.teams().create(fields! { name: "Inland" }).unwrap().id;
    deal(&s, fields! { user_id: ada, team_id: other });
    deal(&s, fields! { user_id: ben, team_id: other });
    deal(&s, fields! { team_id: other });
    let chloe = user("chloe", "all");
    deal(&s, fields! { user_id: chloe, team_id: team });
    let count = |login: &str| {
        let session = crm.session(Some(login.into()), Some(now())).unwrap();
        session.forecast().weighted(&ForecastQuery::default()).unwrap().totals[0].count
    };
    assert_eq!([count("ada"), count("ben"), count("chloe")], [2, 3, 4]);
}

/// Both sources, with the answer of each.
fn both(tx: &Tx<'_>, query: &ForecastQuery) -> crate::Result<(Forecast, Forecast)> {
    let zone = Zone::new(&query.zone)?;
    let plan = Plan::new(&query.by, zone.date(tx.now), zone)?;
    let scope = store::scope(tx, query.filter.as_ref())?;
    assert!(store::is_kept(tx, &scope), "{query:?}");
    Ok((store::from_counts(tx, &scope, plan.clone())?, store::from_leads(tx, &scope, plan)?))
}

#[derive(Debug, Clone)]
struct Deal {
    deadline: Option<i64>,
    revenue: i64,
    percent: Option<i64>,
    stage: i64,
    team: Option<i64>,
    user: Option<i64>,
    end: u8,
    hour: i64,
    currency: bool,
}

prop_compose! {
    fn any_deal()(deadline in proptest::option::of(20_480..20_600_i64), revenue in 0..2_000_i64,
                  percent in proptest::option::of(0..=100_i64), stage in 1..4_i64,
                  team in proptest::option::of(1..3_i64), user in proptest::option::of(1..3_i64), end in 0..6_u8,
                  hour in 0..2_000_i64, currency in any::<bool>()) -> Deal {
        Deal { deadline, revenue, percent, stage, team, user, end, hour, currency }
    }
}

fn add(crm: &Crm, deal: &Deal) {
    let closing = Timestamp::from_micros(now().micros() - deal.hour * 3_600_000_000).unwrap();
    let s = crm.session(None, Some(closing)).unwrap();
    let mut draft = fields! {
        name: "Deal", expected_revenue: deal.revenue, stage_id: StageId(deal.stage),
        team_id: deal.team.map(TeamId), user_id: deal.user.map(UserId),
        date_deadline: deal.deadline.map(Date::stored),
        currency: if deal.currency { "EUR" } else { "JPY" },
    };
    if let Some(percent) = deal.percent {
        draft.set("probability", percent);
    }
    let id = s.leads().create(draft).unwrap().id;
    match deal.end {
        0 => drop(s.leads().mark_won(id).unwrap()),
        1 => drop(s.leads().mark_lost(id, &Lost::default()).unwrap()),
        2 => drop(s.leads().archive(id).unwrap()),
        3 => drop(s.leads().update(id, fields! { on_hold: true }).unwrap()),
        _ => {}
    }
}

/// Says for the company and two teams whose number is the chance of their deals.
fn decide(s: &Session, policies: &[Option<&&str>]) {
    let policy = |at: usize| fields! { probability_policy: policies[at].copied() };
    s.companies().update(CompanyId(1), policy(0)).unwrap();
    s.teams().update(TeamId(1), policy(1)).unwrap();
    s.teams().update(TeamId(2), policy(2)).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn kept_counts_say_what_the_leads_say(
        deals in proptest::collection::vec(any_deal(), 1..40),
        policies in proptest::collection::vec(proptest::option::of(proptest::sample::select(ProbabilityPolicy::WORDS)), 6),
    ) {
        let (crm, s) = opened();
        s.teams().create(fields! { name: "Inland" }).unwrap();
        for login in ["ada", "ben"] {
            s.users().create(fields! { name: login, login: login, role: "all" }).unwrap();
        }
        let policies: Vec<_> = policies.iter().map(Option::as_ref).collect();
        let (first, rest) = deals.split_at(deals.len() / 2);
        first.iter().for_each(|deal| add(&crm, deal));
        decide(&s, &policies[..3]);
        rest.iter().for_each(|deal| add(&crm, deal));
        s.score().rebuild(&mut Progress::none()).unwrap();
        decide(&s, &policies[3..]);
        prop_assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
        use ForecastKey::{CompanyId, Month, Quarter, StageId, TeamId, UserId};
        let questions = [
            (vec![], ""),
            (vec![Month], ""),
            (vec![Quarter, TeamId], "user_id = 1 or user_id is null"),
            (vec![UserId, CompanyId], "team_id in (1, 2) and kind = \"opportunity\""),
            (vec![StageId, Month], "not (stage_id.is_won = true) or stage_id.sequence < 3"),
            (vec![Month, UserId], "currency = \"JPY\""),
        ];
        for (by, filter) in questions {
            for zone in ["UTC", "Asia/Kolkata", "America/Los_Angeles"] {
                for day in ["2026-03-01", "2026-03-15", "2026-03-27", "2026-03-31"] {
                    let now = Timestamp::start_of(Date::parse(day).unwrap());
                    let s = crm.session(None, Some(now)).unwrap();
                    let (kept, read) = s.forecast().link.read(|tx| both(tx, &query(&by, filter, zone))).unwrap();
                    prop_assert_eq!(kept, read, "{:?} {} {} {}", by, filter, zone, day);
                }
            }
        }
    }
}

#[test]
fn the_board_agrees_with_the_leads_whatever_its_source() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    for n in 0..20_i64 {
        let deal = s
            .leads()
            .create(
                fields! { name: "x", expected_revenue: 100 + n, probability: 50, priority: n % 4 },
            )
            .unwrap();
        match n % 5 {
            0 => drop(s.leads().mark_won(deal.id).unwrap()),
            1 => drop(s.leads().move_to(deal.id, StageId(2)).unwrap()),
            2 => drop(s.leads().archive(deal.id).unwrap()),
            _ => {}
        }
    }
    let kept = s.forecast().board(None).unwrap();
    let every = Filter::parse("priority >= 0").unwrap();
    assert_eq!(kept, s.forecast().board(Some(&every)).unwrap());
    let counts: Vec<i64> = kept.iter().map(|column| column.count).collect();
    assert_eq!(counts, [8, 4, 0, 4]);
    assert_eq!(kept[1].weighted_revenue * rust_decimal::Decimal::TWO, kept[1].expected_revenue);
}
