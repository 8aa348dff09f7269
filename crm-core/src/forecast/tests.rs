//! What a forecast says of a handful of deals, and the laws of its sums.

use proptest::prelude::*;

use super::answer::{Forecast, ForecastKey};
use super::weighted::{Plan, RollUp, Slim, Standing};
use crate::base::zone::Zone;
use crate::base::{Currency, Date, Timestamp};

const TODAY: &str = "2026-03-02";

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn deal(standing: Standing, minor: i64, ppm: i64) -> Slim {
    Slim {
        standing,
        company_id: Some(1),
        team_id: Some(1),
        user_id: None,
        stage_id: Some(1),
        currency: Currency::EUR,
        count: 1,
        revenue: minor.into(),
        weighted: i128::from(minor) * i128::from(ppm),
    }
}

fn pending(deadline: &str, minor: i64, ppm: i64) -> Slim {
    deal(Standing::Pending((!deadline.is_empty()).then(|| day(deadline))), minor, ppm)
}

fn won(closed: &str, minor: i64) -> Slim {
    deal(Standing::Won(Some(Timestamp::parse(closed).unwrap())), minor, 0)
}

fn forecast(rows: &[Slim], by: &[ForecastKey], zone: &str) -> Forecast {
    let plan = Plan::new(by, day(TODAY), Zone::new(zone).unwrap()).unwrap();
    let mut sums = RollUp::new(plan);
    rows.iter().for_each(|row| sums.add(row));
    sums.finish().unwrap()
}

/// One line per row: the frame as text.
fn lines(forecast: &Forecast) -> Vec<String> {
    let frame = forecast.frame();
    let cell = |row, column| match crate::base::frame::json(&frame.value(row, column)) {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    let line = |row| (0..frame.columns().len()).map(|c| cell(row, c)).collect::<Vec<_>>().join(" ");
    (0..frame.len()).map(line).collect()
}

#[test]
fn deals_are_weighted_by_month() {
    let rows = [
        pending("2026-06-15", 10_000_000, 500_000),
        pending("2026-07-01", 10_000_000, 500_000),
        pending("2026-08-31", 10_000_000, 1_000_000),
    ];
    let forecast = forecast(&rows, &[ForecastKey::Month], "UTC");
    assert_eq!(
        lines(&forecast),
        [
            "2026-06-01 2026-07-01 EUR open 1 100000.00 50000.00",
            "2026-07-01 2026-08-01 EUR open 1 100000.00 50000.00",
            "2026-08-01 2026-09-01 EUR open 1 100000.00 100000.00",
        ]
    );
    assert_eq!(forecast.totals[0].weighted_revenue.to_string(), "200000.00");
}

#[test]
fn every_deal_has_its_bucket() {
    let rows = [
        pending("2026-03-02", 100, 100_000),
        pending("2026-03-01", 200, 100_000),
        pending("2026-02-10", 400, 100_000),
        pending("", 800, 100_000),
        won("2026-03-01T10:00:00Z", 1_600),
        pending("2026-03-31", 3_200, 100_000),
    ];
    assert_eq!(
        lines(&forecast(&rows, &[ForecastKey::Month], "UTC")),
        [
            "2026-02-01 2026-03-01 EUR overdue 1 4.00 0.40",
            "2026-03-01 2026-04-01 EUR won 1 16.00 16.00",
            "2026-03-01 2026-04-01 EUR open 2 33.00 3.30",
            "2026-03-01 2026-04-01 EUR overdue 1 2.00 0.20",
            "null null EUR undated 1 8.00 0.80",
        ]
    );
    assert_eq!(
        lines(&forecast(&rows, &[], "UTC")),
        [
            "EUR won 1 16.00 16.00",
            "EUR open 2 33.00 3.30",
            "EUR overdue 2 6.00 0.60",
            "EUR undated 1 8.00 0.80",
        ]
    );
}

#[test]
fn a_deal_is_won_on_the_day_of_the_zone() {
    let rows = [won("2026-03-31T22:30:00Z", 100)];
    let month = |zone| lines(&forecast(&rows, &[ForecastKey::Quarter], zone))[0][..10].to_owned();
    assert_eq!((month("UTC"), month("Europe/Paris")), ("2026-01-01".into(), "2026-04-01".into()));
}

#[test]
fn only_the_total_is_rounded_and_once() {
    // Three thirds of a cent: each alone would round to nothing.
    let rows = [
        pending("", 1, 333_333),
        pending("2026-03-09", 1, 333_333),
        won("2026-03-01T00:00:00Z", 2),
    ];
    let sums = forecast(&rows, &[], "UTC");
    assert_eq!(sums.rows[1].weighted_revenue.to_string(), "0.00333333");
    assert_eq!(sums.totals[0].weighted_revenue.to_string(), "0.03");
    let half =
        |minor| forecast(&[pending("", minor, 500_000)], &[], "UTC").totals[0].weighted_revenue;
    assert_eq!((half(1).to_string(), half(3).to_string()), ("0.00".into(), "0.02".into()));
}

#[test]
fn currencies_never_mix_and_keep_their_decimals() {
    let yen = Slim { currency: Currency::new("JPY").unwrap(), ..pending("", 5, 500_000) };
    let dinar =
        Slim { currency: Currency::new("KWD").unwrap(), team_id: None, ..pending("", 5, 500_000) };
    let forecast = forecast(&[yen, dinar], &[ForecastKey::TeamId, ForecastKey::UserId], "UTC");
    assert_eq!(
        lines(&forecast),
        ["1 null JPY undated 1 5 2.5", "null null KWD undated 1 0.005 0.0025"]
    );
    let totals: Vec<_> = forecast.totals.iter().map(|t| t.weighted_revenue.to_string()).collect();
    assert_eq!(totals, ["2", "0.002"]);
}

#[test]
fn a_million_of_the_greatest_deals_are_summed_exactly() {
    let most = crate::base::limit::AMOUNT;
    let one = pending("", most, 999_999);
    let million = Slim {
        count: 1_000_000,
        revenue: one.revenue * 1_000_000,
        weighted: one.weighted * 1_000_000,
        ..one
    };
    let row = &forecast(&[million], &[], "UTC").rows[0];
    assert_eq!(row.weighted_revenue.to_string(), "9999990000000000000.00");
}

#[test]
fn keys_are_known_by_name() {
    for key in ForecastKey::ALL {
        assert_eq!(ForecastKey::from_name(key.name()).unwrap(), key);
    }
    assert_eq!(ForecastKey::from_name("week").unwrap_err().field(), Some("by"));
    let both = [ForecastKey::Month, ForecastKey::Quarter];
    assert!(Plan::new(&both, day(TODAY), Zone::new("UTC").unwrap()).is_err());
}

prop_compose! {
    fn any_deal()(kind in 0..3_u8, date in 20_400..20_700_i64, minor in 0..1_000_000_i64, ppm in 0..=1_000_000_i64,
                  team in 0..3_i64, dollars in any::<bool>()) -> Slim {
        let standing = match kind {
            0 => Standing::Pending(None),
            1 => Standing::Pending(Some(Date::stored(date))),
            _ => Standing::Won(Some(Timestamp::start_of(Date::stored(date)))),
        };
        let currency = if dollars { Currency::USD } else { Currency::EUR };
        Slim { currency, team_id: (team > 0).then_some(team), ..deal(standing, minor, ppm) }
    }
}

proptest! {
    #[test]
    fn any_grouping_has_the_same_sums(rows in proptest::collection::vec(any_deal(), 0..80)) {
        let alone = forecast(&rows, &[], "UTC");
        for by in [vec![ForecastKey::Month], vec![ForecastKey::TeamId, ForecastKey::Quarter]] {
            let mut turned = rows.clone();
            turned.reverse();
            let grouped = forecast(&rows, &by, "Asia/Tokyo");
            prop_assert_eq!(&grouped, &forecast(&turned, &by, "Asia/Tokyo"), "the order of rows does not matter");
            prop_assert_eq!(&grouped.totals, &alone.totals);
            for whole in &alone.rows {
                let parts = grouped.rows.iter().filter(|r| r.currency == whole.currency && r.bucket == whole.bucket);
                let sum: rust_decimal::Decimal = parts.map(|row| row.weighted_revenue).sum();
                prop_assert_eq!(sum, whole.weighted_revenue);
            }
        }
    }

    #[test]
    fn counts_sum_as_their_leads_do(rows in proptest::collection::vec(any_deal(), 1..80)) {
        let mut counts: Vec<Slim> = Vec::new();
        for row in &rows {
            let twin = |known: &&mut Slim| {
                let like = Slim { count: known.count, revenue: known.revenue, weighted: known.weighted, ..*row };
                **known == like
            };
            match counts.iter_mut().find(twin) {
                Some(known) => {
                    known.count += row.count;
                    known.revenue += row.revenue;
                    known.weighted += row.weighted;
                }
                None => counts.push(*row),
            }
        }
        let by = [ForecastKey::Month, ForecastKey::TeamId];
        prop_assert_eq!(forecast(&rows, &by, "UTC"), forecast(&counts, &by, "UTC"));
    }
}
