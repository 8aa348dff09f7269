//! Where a forecast's rows come from: the kept counts when they can answer, else the leads themselves.
//!
//! Kept counts are by month. They answer when what is asked and seen depends on their keys alone; then the one month that today
//! divides is read by its index, up to today, and taken from open to overdue. Deals won are kept by month of UTC: in another zone
//! their months are read from the leads. Both sources go through the same sums.

use crate::base::field::FieldValue as _;
use crate::base::{Cell, Currency, Date, Probability, Record as _, RecordKind, Result, Timestamp};
use crate::desk::kept::{Meeting, id};
use crate::desk::query;
use crate::filter::{Filter, Statement};
use crate::forecast::answer::Forecast;
use crate::forecast::weighted::{Plan, RollUp, Slim, Standing};
use crate::record::{Decides, Lead, ProbabilityPolicy};
use crate::score::{self, StageChances};
use crate::storage::{Line, Tx};
use crate::tally::{self, Key, OPEN, Sum, WON};

/// What the kept counts are kept by.
const KEYS: [&str; 6] = ["company_id", "team_id", "stage_id", "user_id", "kind", "currency"];

/// What a forecast covers.
#[derive(Debug)]
pub(crate) struct Scope {
    who: query::Scope,
    /// Deals on hold too: the filter speaks of them itself.
    held: bool,
    /// What reads as empty to the actor.
    hidden: Hidden,
}

/// What of deals adds up to nothing for somebody from whom it is hidden.
#[derive(Debug, Clone, Copy)]
struct Hidden {
    revenue: bool,
    chance: bool,
    deadline: bool,
}

impl Hidden {
    fn from(tx: &Tx<'_>) -> Self {
        let hides = |name| tx.actor.hides(RecordKind::Lead, name);
        Self {
            revenue: hides("expected_revenue"),
            chance: hides("probability") || hides("prorated_revenue"),
            deadline: hides("date_deadline"),
        }
    }

    fn of(self, row: Slim) -> Slim {
        let standing = match row.standing {
            Standing::Pending(_) if self.deadline => Standing::Pending(None),
            other => other,
        };
        // What is won is certain, and no chance.
        let is_open = matches!(standing, Standing::Pending(_));
        Slim {
            standing,
            revenue: if self.revenue { 0 } else { row.revenue },
            weighted: if self.revenue || self.chance && is_open { 0 } else { row.weighted },
            ..row
        }
    }
}

/// What the host asks for, what the actor sees; opportunities unless the filter speaks of the kind.
pub(crate) fn scope(tx: &Tx<'_>, filter: Option<&Filter>) -> Result<Scope> {
    let mut parts = Vec::new();
    let names = |field: &str| filter.is_some_and(|filter| filter.mentions(field));
    if !names("kind") {
        parts.push(Filter::eq("kind", "opportunity"));
    }
    let who = query::Scope::new(tx, Lead::TABLE, parts, filter)?;
    Ok(Scope { who, held: names("on_hold"), hidden: Hidden::from(tx) })
}

/// Whether the kept counts can answer: of deals as they are, by what they are kept by.
pub(crate) fn is_kept(tx: &Tx<'_>, scope: &Scope) -> bool {
    let is_plain = !scope.held && !scope.hidden.deadline;
    tx.as_of(Lead::TABLE).is_none() && is_plain && scope.who.asked.only_uses(&KEYS)
}

/// The forecast out of the kept counts.
pub(crate) fn from_counts(tx: &Tx<'_>, scope: &Scope, plan: Plan) -> Result<Forecast> {
    let won_apart = plan.has_periods() && !plan.zone.is_utc();
    let divided = Divided::new(plan.today);
    let mut sums = RollUp::new(plan);
    let stages = score::stage_chances(tx)?;
    let outcomes = if won_apart { &[OPEN][..] } else { &[OPEN, WON] };
    each_cell(tx, scope, 1, outcomes, |key, sum| {
        let standing = if key.outcome == OPEN {
            Standing::Pending((key.period != 0).then(|| divided.stand(key.period)))
        } else {
            Standing::Won(Some(Timestamp::start_of(Date::from_month_index(key.period))))
        };
        sums.add(&scope.hidden.of(cell(key, sum, standing, &stages)));
    })?;
    let (from, until) = divided.read;
    if from < until {
        let read = [Cell::Int(from.days()), Cell::Int(until.days())];
        let open = "lead.won_status = 0 AND lead.active AND NOT lead.on_hold AND lead.date_deadline >= ?1 AND lead.date_deadline < ?2";
        each_lead(tx, scope, open, &read, |row| {
            let back = Slim { count: -1, revenue: -row.revenue, weighted: -row.weighted, ..row };
            sums.add(&Slim { standing: Standing::Pending(Some(divided.day)), ..back });
            sums.add(&row);
        })?;
    }
    if won_apart {
        each_lead(tx, scope, "lead.won_status = 1", &[], |row| sums.add(&row))?;
    }
    sums.finish()
}

/// The one month that today divides: it stands as a whole for its longer part, and leads of the shorter part are read.
struct Divided {
    month: i64,
    /// The day that stands for the month.
    day: Date,
    /// Deadlines of the other part, half-open.
    read: (Date, Date),
}

impl Divided {
    fn new(today: Date) -> Self {
        let month = today.month_index();
        let (first, next) = (Date::from_month_index(month), Date::from_month_index(month + 1));
        if today.days() - first.days() <= next.days() - today.days() {
            Self { month, day: next.plus_days(-1), read: (first, today) }
        } else {
            Self { month, day: first, read: (today, next) }
        }
    }

    /// A day that stands for a kept month: every other month is before today, or is not.
    fn stand(&self, month: i64) -> Date {
        if month == self.month { self.day } else { Date::from_month_index(month) }
    }
}

/// Hands out the cells of these outcomes that meet the scope.
fn each_cell(
    tx: &Tx<'_>,
    scope: &Scope,
    grain: i64,
    outcomes: &[i64],
    mut take: impl FnMut(&Key, Sum),
) -> Result<()> {
    let mut meeting = Meeting::new(&scope.who.asked);
    for outcome in outcomes {
        // Nothing else can be asked while the cells are read.
        let mut cells = Vec::new();
        tally::each(tx, grain, *outcome, |key, sum| {
            cells.push((key, sum));
            Ok(())
        })?;
        for (key, sum) in cells {
            let is_met = meeting.holds(tx, &|field| match field {
                "company_id" => id(key.company_id),
                "team_id" => id(key.team_id),
                "stage_id" => id(key.stage_id),
                "user_id" => id(key.user_id),
                "kind" => Cell::Int(key.kind),
                _ => Cell::from(key.currency.code().to_owned()),
            })?;
            if is_met {
                take(&key, sum);
            }
        }
    }
    Ok(())
}

/// Hands out what is open and what is won now, by stage: kept cells when they can answer, else leads.
pub(crate) fn each_now(tx: &Tx<'_>, scope: &Scope, mut take: impl FnMut(&Slim)) -> Result<()> {
    if !is_kept(tx, scope) {
        return each_lead(tx, scope, &now(scope), &[], |row| take(&row));
    }
    let stages = score::stage_chances(tx)?;
    each_cell(tx, scope, 0, &[OPEN, WON], |key, sum| {
        let standing =
            if key.outcome == OPEN { Standing::Pending(None) } else { Standing::Won(None) };
        take(&scope.hidden.of(cell(key, sum, standing, &stages)));
    })
}

/// The leads that are open or won.
fn now(scope: &Scope) -> String {
    let open = if scope.held { "" } else { " AND NOT lead.on_hold" };
    format!("(lead.won_status = 1 OR lead.won_status = 0 AND lead.active{open})")
}

fn cell(key: &Key, sum: Sum, standing: Standing, stages: &StageChances) -> Slim {
    let id = |stored: i64| (stored != 0).then_some(stored);
    let by_stage = sum.stage_revenue * i128::from(stages.ppm(key.team_id, key.stage_id));
    Slim {
        standing,
        company_id: id(key.company_id),
        team_id: id(key.team_id),
        user_id: id(key.user_id),
        stage_id: id(key.stage_id),
        currency: key.currency,
        count: sum.n,
        revenue: sum.revenue,
        weighted: sum.weighted + by_stage,
    }
}

/// The forecast out of the leads themselves.
pub(crate) fn from_leads(tx: &Tx<'_>, scope: &Scope, plan: Plan) -> Result<Forecast> {
    let mut sums = RollUp::new(plan);
    each_lead(tx, scope, &now(scope), &[], |row| sums.add(&row))?;
    sums.finish()
}

/// Hands out slim rows of the leads that are asked for and seen, and meet `which`.
fn each_lead(
    tx: &Tx<'_>,
    scope: &Scope,
    which: &str,
    params: &[Cell<'static>],
    mut take: impl FnMut(Slim),
) -> Result<()> {
    let mut rest = Statement::new(tx.now);
    rest.params.extend_from_slice(params);
    rest.needs("lead_score");
    rest.sql = format!(" WHERE {which} AND ");
    scope.who.asked.sql(&mut rest)?;
    let sides = rest.sides.clone();
    let what = "SELECT lead.won_status, lead.date_deadline, lead.date_closed, lead.company_id, lead.team_id, lead.user_id, lead.stage_id, \
         lead.expected_revenue, lead.currency, lead.probability_policy, lead.manual_probability, \
         COALESCE(lead_score.automated_probability, 0)";
    let sql = scope.who.select(tx, what, Lead::TABLE, &sides, &mut rest)?;
    let (mut currency, stages) = (Currency::default(), score::stage_chances(tx)?);
    tx.each(&sql, &rest.params, |line| {
        let code = line.text(8)?;
        if code != currency.code() {
            currency = Currency::new(code)?;
        }
        take(scope.hidden.of(slim(line, currency, &stages)?));
        Ok(())
    })
}

fn slim(line: &Line<'_>, currency: Currency, stages: &StageChances) -> Result<Slim> {
    let revenue = i128::from(line.int(7)?);
    let (standing, chance) = match line.int(0)? {
        1 => {
            (Standing::Won(line.int_or_null(2)?.map(Timestamp::stored)), Probability::CERTAIN.ppm())
        }
        _ => (Standing::Pending(line.int_or_null(1)?.map(Date::stored)), chance(line, stages)?),
    };
    Ok(Slim {
        standing,
        company_id: line.int_or_null(3)?,
        team_id: line.int_or_null(4)?,
        user_id: line.int_or_null(5)?,
        stage_id: line.int_or_null(6)?,
        currency,
        count: 1,
        revenue,
        weighted: revenue * i128::from(chance),
    })
}

/// The chance of a pending lead, as its policy has it, in ppm.
fn chance(line: &Line<'_>, stages: &StageChances) -> Result<i64> {
    let policy = ProbabilityPolicy::from_cell(line.cell(9)).unwrap_or_default();
    let typed = line.int_or_null(10)?;
    Ok(match (policy.decides(typed.is_some()), typed) {
        (Decides::Typed, Some(typed)) => typed,
        (Decides::Stage, _) => {
            stages.ppm(line.int_or_null(4)?.unwrap_or(0), line.int_or_null(6)?.unwrap_or(0))
        }
        _ => line.int(11)?,
    })
}
