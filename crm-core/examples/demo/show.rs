//! What the tour prints: plain tables, whole dollars.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use crm_core::forecast::{ForecastBucket, ForecastKey, ForecastQuery, ForecastRow};
use crm_core::score::{Explanation, ExplanationRow, ScoreRun};
use crm_core::{Date, Filter, Find, ImportReport, Lead, RecordKind, Session};
use rust_decimal::Decimal;

use crate::Result;
use crate::folder::{History, Outcome};

/// How many past months the forecast shows beside what is to come.
const PAST_MONTHS: i64 = 3;
/// How many deals are shown with reasons.
const BEST: usize = 10;

pub(crate) fn heading(text: &mut String, title: &str) {
    text.push_str(&format!("\n{title}\n{}\n", "-".repeat(title.chars().count())));
}

/// 1234567.5 as `1,234,568`.
pub(crate) fn whole(number: Decimal) -> String {
    let digits = number.round().normalize().to_string();
    let (sign, digits) = digits.strip_prefix('-').map_or(("", &*digits), |rest| ("-", rest));
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}")
}

pub(crate) fn count(number: usize) -> String {
    whole(Decimal::from(number))
}

/// What was read, mended, imported and scored.
pub(crate) fn summary(
    text: &mut String,
    history: &History,
    imported: &[(RecordKind, ImportReport)],
    run: &ScoreRun,
    fields: &[String],
) {
    let ended = |outcome| history.deals.iter().filter(|deal| deal.outcome == outcome).count();
    let mended: Vec<String> =
        history.mended.iter().map(|(what, times)| format!("{times} × {what}")).collect();
    let created: Vec<String> = imported
        .iter()
        .map(|(kind, report)| format!("{} {}", whole(report.created.into()), kind.name()))
        .collect();
    let lines = [
        ("today", format!("{} (the day after the last entry)", history.today)),
        (
            "history",
            format!(
                "{} deals: {} won, {} lost, {} open",
                count(history.deals.len()),
                count(ended(Outcome::Won)),
                count(ended(Outcome::Lost)),
                count(ended(Outcome::Open))
            ),
        ),
        ("mended", if mended.is_empty() { "nothing".to_owned() } else { mended.join(", ") }),
        ("imported", created.join(", ")),
        (
            "scored",
            format!(
                "{} open deals, by {} closed ones",
                whole(run.scored.into()),
                whole(run.counted.into())
            ),
        ),
        ("looks at", format!("stage_id, {}", fields.join(", "))),
    ];
    for (name, value) in lines {
        text.push_str(&format!("{name:<9} {value}\n"));
    }
}

/// The board: what stands in each stage.
pub(crate) fn board(text: &mut String, s: &Session) -> Result<()> {
    heading(text, "Board (USD)");
    writeln!(text, "{:<14} {:>7} {:>15} {:>15}", "stage", "deals", "revenue", "weighted")?;
    for column in s.forecast().board(None)? {
        writeln!(
            text,
            "{:<14} {:>7} {:>15} {:>15}",
            column.name,
            whole(column.count.into()),
            whole(column.expected_revenue),
            whole(column.weighted_revenue)
        )?;
    }
    Ok(())
}

/// The forecast by month and team: what the last months brought, and what open deals should bring.
pub(crate) fn forecast(text: &mut String, s: &Session, history: &History) -> Result<()> {
    let by = vec![ForecastKey::Month, ForecastKey::TeamId];
    let forecast = s.forecast().weighted(&ForecastQuery { by, ..ForecastQuery::default() })?;
    let teams: BTreeMap<i64, String> =
        s.teams().find(&Find::all())?.into_iter().map(|team| (team.id.0, team.name)).collect();
    heading(
        text,
        "Forecast by month and team: revenue won, then weighted revenue of open deals (USD)",
    );
    write!(text, "{:<17}", "month")?;
    teams.values().for_each(|name| text.push_str(&format!(" {name:>11}")));
    writeln!(text, " {:>11} {:>6}", "together", "deals")?;
    let past = history.today.month_index() - PAST_MONTHS;
    let mut lines: BTreeSet<(Line, String)> = BTreeSet::new();
    for row in &forecast.rows {
        if let Some(line) = line(row, past) {
            lines.insert(line);
        }
    }
    for (at, name) in &lines {
        let rows: Vec<&ForecastRow> = forecast
            .rows
            .iter()
            .filter(|row| line(row, past).is_some_and(|line| line.0 == *at))
            .collect();
        write!(text, "{name:<17}")?;
        for team in teams.keys() {
            let own = rows.iter().filter(|row| row.team_id.is_some_and(|id| id.0 == *team));
            write!(text, " {:>11}", whole(own.map(|row| worth(row)).sum()))?;
        }
        let sum = rows.iter().map(|row| worth(row)).sum();
        let deals: i64 = rows.iter().map(|row| row.count).sum();
        writeln!(text, " {:>11} {:>6}", whole(sum), whole(deals.into()))?;
    }
    for total in &forecast.totals {
        writeln!(
            text,
            "{} deals in all; won and weighted together {} {}",
            whole(total.count.into()),
            whole(total.weighted_revenue),
            total.currency
        )?;
    }
    Ok(())
}

/// Where a row is printed: won, open, overdue, undated; then by month.
type Line = (u8, Option<Date>);

/// The line of a row and its title; months long gone have none.
fn line(row: &ForecastRow, past: i64) -> Option<(Line, String)> {
    let month =
        |start: Option<Date>| start.map_or(String::new(), |day| day.to_string()[..7].to_owned());
    match row.bucket {
        ForecastBucket::Won => {
            let recent = row.period_start.is_some_and(|day| day.month_index() >= past);
            recent.then(|| ((0, row.period_start), format!("{} won", month(row.period_start))))
        }
        ForecastBucket::Open => {
            Some(((1, row.period_start), format!("{} expected", month(row.period_start))))
        }
        ForecastBucket::Overdue => Some(((2, None), "overdue".to_owned())),
        ForecastBucket::Undated => Some(((3, None), "without a date".to_owned())),
    }
}

fn worth(row: &ForecastRow) -> Decimal {
    if row.bucket == ForecastBucket::Won { row.expected_revenue } else { row.weighted_revenue }
}

/// Every open deal.
pub(crate) fn open_deals(s: &Session) -> Result<Vec<Lead>> {
    let filter = Some(Filter::parse("won_status = \"pending\"")?);
    Ok(s.leads().find(&Find { filter, ..Find::default() })?)
}

/// The open deals worth most, and why each has its score.
pub(crate) fn best(text: &mut String, s: &Session) -> Result<()> {
    let mut deals = open_deals(s)?;
    deals.sort_by_key(|deal| (std::cmp::Reverse(deal.prorated_revenue), deal.id));
    deals.truncate(BEST);
    let names = names(s)?;
    heading(text, "The ten open deals with the highest expected value, and why they are scored so");
    text.push_str(
        "Odds are won : lost. Those of all closed deals, times the factor of each thing known about a deal, give its chance before it is\n\
         recalibrated by what such chances came to.\n",
    );
    for (rank, deal) in (1..).zip(&deals) {
        let name_of = |field: &str, id: Option<i64>| {
            id.and_then(|id| names.get(&(field, id.to_string()))).cloned().unwrap_or_default()
        };
        let due = deal.date_deadline.map_or("no date".to_owned(), |day| format!("due {day}"));
        writeln!(
            text,
            "{rank:>2}. {} × {:.2} % = {}  {} ({}, {}, {}, {due})",
            whole(deal.revenue().major()),
            deal.probability.percent(),
            whole(deal.prorated_revenue.to_major(deal.currency)),
            deal.name,
            name_of("team_id", deal.team_id.map(|id| id.0)),
            name_of("user_id", deal.user_id.map(|id| id.0)),
            name_of("stage_id", deal.stage_id.map(|id| id.0)),
        )?;
        writeln!(text, "    {}", reasons(&s.score().explain(deal.id)?, &names))?;
    }
    Ok(())
}

type Names = HashMap<(&'static str, String), String>;

/// What ids in explanations stand for.
fn names(s: &Session) -> Result<Names> {
    let mut names = Names::new();
    let mut add = |field, id: i64, name: String| names.insert((field, id.to_string()), name);
    for stage in s.stages().find(&Find::all())? {
        add("stage_id", stage.id.0, stage.name);
    }
    for team in s.teams().find(&Find::all())? {
        add("team_id", team.id.0, team.name);
    }
    for user in s.users().find(&Find::all())? {
        add("user_id", user.id.0, user.name);
    }
    for source in s.sources().find(&Find::all())? {
        add("source_id", source.id.0, source.name);
    }
    Ok(names)
}

/// `odds 0.46 × 1.58 Referral × 0.91 retail …`, what matters most first.
fn reasons(explanation: &Explanation, names: &Names) -> String {
    let mut rows: Vec<&ExplanationRow> = explanation.rows.iter().collect();
    rows.sort_by(|a, b| b.log_odds.abs().total_cmp(&a.log_odds.abs()));
    let mut line = format!("odds {:.2}", explanation.base_log_odds.exp());
    for row in rows {
        let known =
            names.iter().find(|((field, id), _)| *field == row.variable && *id == row.value);
        let shown = match known {
            Some((_, name)) => name.clone(),
            None if row.value.is_empty() => {
                format!("no {}", row.variable.trim_start_matches("properties."))
            }
            None if row.variable == "priority" => format!("priority {}", row.value),
            None => row.value.clone(),
        };
        line.push_str(&format!(" × {:.2} {shown}", row.log_odds.exp()));
    }
    line
}

/// What must be known before these figures are quoted.
pub(crate) fn remarks(text: &mut String, s: &Session, history: &History) -> Result<()> {
    heading(text, "Read before quoting");
    let mut chances: Vec<Decimal> =
        open_deals(s)?.iter().map(|deal| deal.probability.percent()).collect();
    chances.sort_unstable();
    if let (Some(low), Some(high)) =
        (chances.get(chances.len() / 20), chances.get(chances.len() - 1 - chances.len() / 20))
    {
        writeln!(
            text,
            "- Nine tenths of the open deals' scores lie between {low:.1} and {high:.1} %; the closer together, the less these fields know."
        )?;
    }
    text.push_str(
        "- Weighted revenue does not age: where deals that have been open for long are won less often, it promises too much; and it\n  \
         trusts the dates it is given.\n",
    );
    if history.dates_guessed {
        writeln!(
            text,
            "- The folder expects no closing dates: the engage date plus {} days (the median of won deals) stands in for them.",
            history.usual_days
        )?;
    }
    let open = || history.deals.iter().filter(|deal| deal.outcome == Outcome::Open);
    let undated = open().filter(|deal| deal.engaged.is_none()).count();
    if undated > 0 {
        writeln!(
            text,
            "- {} open deals have no engage date; they count as created today.",
            count(undated)
        )?;
    }
    let nobody = open().filter(|deal| deal.account.is_empty()).count();
    if nobody > 0 {
        writeln!(
            text,
            "- {} open deals name no account, so sector and country say nothing there.",
            count(nobody)
        )?;
    }
    let first = history.deals.iter().filter_map(|deal| deal.engaged).min();
    let closed = history.deals.iter().filter_map(|deal| deal.closed).min();
    if let (Some(first), Some(closed)) = (first, closed)
        && closed.days() - first.days() > 2 * history.usual_days
    {
        writeln!(
            text,
            "- The first deal was engaged on {first}, yet none closes before {closed}: what closed earlier is not in the folder."
        )?;
    }
    Ok(())
}
