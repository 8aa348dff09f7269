//! Whether the evidence can be trusted: what is missing, what says nothing, what says too much, and what has changed.
//!
//! Each configured field is measured on the closed leads that count. What it says by itself is judged value by value with the lead's
//! own outcome left out, so that a field of many rare values does not look clever. Deliberately absent: changing anything; a field that
//! is found suspicious stays configured until the host takes it out.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use crate::base::frame::{Column, ColumnData};
use crate::base::{Frame, Progress, Result, Timestamp};
use crate::score::batch::Steps;
use crate::score::bins::Bins;
use crate::score::config::Config;
use crate::score::count::Tally;
use crate::score::evidence::Variable;
use crate::score::former::{self, Former};
use crate::score::known::Whose;
use crate::score::pass::Which;
use crate::score::replay::Past;
use crate::score::store;
use crate::score::tables::{COLD, RARE};
use crate::storage::Tx;
use crate::tally;

/// Fewer outcomes find nothing but that they are few.
const ENOUGH: u64 = COLD as u64;
/// A field that takes so much of the base rate's log loss by itself knows the outcome.
const PERFECT: f64 = 0.8;
/// A field is filled after the closing, or the creation, if so many of its values were.
const AFTER: f64 = 0.5;
/// A field that fewer closed leads have is mostly missing.
const MISSING: f64 = 0.2;
/// The population stability index from which values are another mixture than they were.
const MOVED: f64 = 0.25;
/// The newest part of the outcomes, one of so many, is compared with those before.
const NEWEST: usize = 4;
/// Leads by which a value's rate is shrunk, as the model does.
const SHRUNK: f64 = 10.0;

/// How one configured field does.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldHealth {
    /// The field as configured.
    pub field: String,
    /// The share of closed leads that have a value, 0…1.
    pub known: f64,
    /// The same of open leads; none when there are none.
    pub known_open: Option<f64>,
    /// Different values that were met; of numbers, bins.
    pub values: u64,
    /// The share of the base rate's log loss that the field takes away by itself: 0 says nothing, 1 knows the outcome. Below 0: worse than
    /// nothing, as noise is.
    pub signal: f64,
    /// How far the newest quarter of the outcomes has other values than those before: the population stability index beyond chance.
    pub drift: f64,
    /// The share of closed leads' values that were filled in or overwritten with the closing or after it, 0…1.
    pub filled_after_closing: f64,
    /// The share of closed leads' values that were filled in after the lead was created, or as above, 0…1.
    pub filled_after_creation: f64,
    /// The share of closed leads' values that were changed in any way after the lead was created, 0…1.
    pub changed_after_creation: f64,
    /// What is to be looked at: `nearly_perfect`, `filled_after_closing`, `filled_after_creation`, `changed_after_creation`,
    /// `mostly_missing`, `no_signal`, `drift`.
    pub findings: Vec<&'static str>,
}

/// How the evidence does.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreHealth {
    /// The model's name.
    pub model: String,
    /// Closed leads that count.
    pub outcomes: u64,
    /// Those that were won.
    pub won: u64,
    /// Closed leads that do not count, being created before the start date.
    pub before_start: u64,
    /// Outcomes that are still to come before the model says more than the base rate; at least so many of them won, and lost.
    pub outcomes_needed: u64,
    /// Of them won.
    pub won_needed: u64,
    /// Of them lost.
    pub lost_needed: u64,
    /// The share won of the newest quarter of the outcomes, 0…1; none before there are 30.
    pub won_lately: Option<f64>,
    /// The share won of those before.
    pub won_before: Option<f64>,
    /// One entry per configured field.
    pub fields: Vec<FieldHealth>,
}

impl ScoreHealth {
    /// One row per field, as in [`FieldHealth`]; `findings` are joined by `;`.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let fields = &self.fields;
        let float = |name, read: fn(&FieldHealth) -> Option<f64>| {
            column(name, ColumnData::Float(fields.iter().map(read).collect()))
        };
        let text = |name, read: fn(&FieldHealth) -> String| {
            column(name, ColumnData::Text(fields.iter().map(|field| Some(read(field))).collect()))
        };
        let values = fields.iter().map(|field| i64::try_from(field.values).ok());
        Frame::of(vec![
            text("field", |field| field.field.clone()),
            float("known", |field| Some(field.known)),
            float("known_open", |field| field.known_open),
            column("values", ColumnData::Int(values.collect())),
            float("signal", |field| Some(field.signal)),
            float("drift", |field| Some(field.drift)),
            float("filled_after_closing", |field| Some(field.filled_after_closing)),
            float("filled_after_creation", |field| Some(field.filled_after_creation)),
            float("changed_after_creation", |field| Some(field.changed_after_creation)),
            text("findings", |field| field.findings.join(";")),
        ])
    }

    /// One row about all of them: `model`, `outcomes`, `won`, `before_start`, `outcomes_needed`, `won_needed`, `lost_needed`,
    /// `won_lately`, `won_before`.
    #[must_use]
    pub fn summary(&self) -> Frame {
        let int =
            |name, number: u64| column(name, ColumnData::Int(vec![i64::try_from(number).ok()]));
        let float = |name, number| column(name, ColumnData::Float(vec![number]));
        Frame::of(vec![
            column("model", ColumnData::Text(vec![Some(self.model.clone())])),
            int("outcomes", self.outcomes),
            int("won", self.won),
            int("before_start", self.before_start),
            int("outcomes_needed", self.outcomes_needed),
            int("won_needed", self.won_needed),
            int("lost_needed", self.lost_needed),
            float("won_lately", self.won_lately),
            float("won_before", self.won_before),
        ])
    }
}

fn column(name: &str, data: ColumnData) -> Column {
    Column { name: name.to_owned(), data }
}

/// Examines what is configured.
pub(crate) fn examine(
    tx: &mut Tx<'_>,
    config: &Config,
    progress: &mut Progress<'_>,
) -> Result<ScoreHealth> {
    let mut steps = Steps::new(progress, store::last_lead(tx)?, 2);
    let past = Past::read(tx, config, Which::Closed, config.start(), &mut steps)?;
    steps.next();
    let open = Past::read(tx, config, Which::Pending, Timestamp::stored(i64::MIN), &mut steps)?;
    let late = filled_late(tx, config, &past)?;
    let (bins, _) = past.bins(&config.variables);

    let split = past.len() - past.len() / NEWEST;
    let [before, lately] =
        [0..split, split..past.len()].map(|part| part.filter(|at| past.is_won(*at)).count());
    let won = before + lately;
    let (outcomes, won) = (past.len() as u64, won as u64);
    let lacking = |have: u64, want: i64| u64::try_from(want).unwrap_or(0).saturating_sub(have);
    let (won_needed, lost_needed) = (lacking(won, RARE), lacking(outcomes - won, RARE));
    let rate = |won: usize, all: usize| share(won, all).filter(|_| outcomes >= ENOUGH);
    let fields = config.variables.iter().enumerate().skip(1).map(|(at, variable)| {
        let closed = Texts::read(&past, at, bins[at].as_ref(), split);
        let pending = Texts::read(&open, at, bins[at].as_ref(), open.len());
        closed.health(variable, &pending, late[at])
    });
    Ok(ScoreHealth {
        model: config.model.word().to_owned(),
        outcomes,
        won,
        before_start: tally::closed(tx)?.saturating_sub(outcomes),
        outcomes_needed: lacking(outcomes, COLD).max(won_needed + lost_needed),
        won_needed,
        lost_needed,
        won_lately: rate(lately, past.len() - split),
        won_before: rate(before, split),
        fields: fields.collect(),
    })
}

/// The values of one field among some leads.
struct Texts<'p> {
    /// By value, an empty text for none: won and lost of the older outcomes and of the newest.
    met: BTreeMap<Cow<'p, str>, [Tally; 2]>,
    leads: usize,
    known: usize,
}

impl<'p> Texts<'p> {
    fn read(past: &'p Past, variable: usize, bins: Option<&Bins>, split: usize) -> Self {
        let mut texts = Self { met: BTreeMap::new(), leads: past.len(), known: 0 };
        for at in 0..past.len() {
            let by = Tally::one(past.is_won(at), 1);
            let mut add = |text| {
                let parts: &mut [Tally; 2] = texts.met.entry(text).or_default();
                parts[usize::from(at >= split)].add(by);
            };
            let mut is_known = false;
            for text in past.texts(at, variable).filter(|text| !text.is_empty()) {
                is_known = true;
                let bin = bins.and_then(|bins| Some(bins.name(bins.place(text)?)));
                add(bin.map_or(Cow::Borrowed(text), Cow::Owned));
            }
            if !is_known {
                add(Cow::Borrowed(""));
            }
            texts.known += usize::from(is_known);
        }
        texts
    }

    fn health(&self, variable: &Variable, open: &Self, late: [usize; 3]) -> FieldHealth {
        let [closing, creation, changed] = late.map(|late| share(late, self.known).unwrap_or(0.0));
        let mut field = FieldHealth {
            field: variable.name.clone(),
            known: share(self.known, self.leads).unwrap_or(0.0),
            known_open: share(open.known, open.leads),
            values: self.met.keys().filter(|text| !text.is_empty()).count() as u64,
            signal: self.signal(),
            drift: self.drift(),
            filled_after_closing: closing,
            filled_after_creation: creation,
            changed_after_creation: changed,
            findings: Vec::new(),
        };
        let enough = self.leads as u64 >= ENOUGH;
        for (is_so, finding) in [
            (enough && field.signal >= PERFECT, "nearly_perfect"),
            (closing >= AFTER, "filled_after_closing"),
            (closing < AFTER && creation >= AFTER, "filled_after_creation"),
            (closing < AFTER && creation < AFTER && changed >= AFTER, "changed_after_creation"),
            (enough && field.known < MISSING, "mostly_missing"),
            (enough && field.signal <= 0.0, "no_signal"),
            (enough && field.drift > MOVED, "drift"),
        ] {
            if is_so {
                field.findings.push(finding);
            }
        }
        field
    }

    /// The share of the base rate's log loss that values take away, each lead judged without itself.
    fn signal(&self) -> f64 {
        let mut all = Tally::default();
        let tallies = self.met.values().map(|[before, lately]| {
            let mut tally = *before;
            tally.add(*lately);
            tally
        });
        tallies.clone().for_each(|tally| all.add(tally));
        let leads = (all.won + all.lost) as f64;
        let base = all.won as f64 / leads;
        let loss = -(all.won as f64 * base.ln() + all.lost as f64 * (1.0 - base).ln());
        if all.won == 0 || all.lost == 0 {
            return 0.0;
        }
        let by_value = tallies.map(|tally| {
            let (won, lost) = (tally.won as f64, tally.lost as f64);
            let others = won + lost - 1.0 + SHRUNK;
            let if_won = (won - 1.0 + SHRUNK * base) / others;
            let if_lost = (lost - 1.0 + SHRUNK * (1.0 - base)) / others;
            let of = |count: f64, chance: f64| if count > 0.0 { -count * chance.ln() } else { 0.0 };
            of(won, if_won) + of(lost, if_lost)
        });
        1.0 - by_value.sum::<f64>() / loss
    }

    /// The population stability index of the newest part against the rest, less what chance alone would give.
    fn drift(&self) -> f64 {
        let count = |at: usize| move |parts: &[Tally; 2]| (parts[at].won + parts[at].lost) as f64;
        let [before, lately] = [0, 1].map(|at| self.met.values().map(count(at)).sum::<f64>());
        if before == 0.0 || lately == 0.0 {
            return 0.0;
        }
        let kinds = self.met.len() as f64;
        let index = self.met.values().map(|parts| {
            let was = (count(0)(parts) + 0.5) / (before + 0.5 * kinds);
            let is = (count(1)(parts) + 0.5) / (lately + 0.5 * kinds);
            (is - was) * (is / was).ln()
        });
        (index.sum::<f64>() - (kinds - 1.0) * (1.0 / before + 1.0 / lately)).max(0.0)
    }
}

fn share(some: usize, all: usize) -> Option<f64> {
    (all > 0).then(|| some as f64 / all as f64)
}

/// By variable: of how many closed leads its value was not there yet when they were closed, was not when they were created, and was another
/// one then.
fn filled_late(tx: &Tx<'_>, config: &Config, past: &Past) -> Result<Vec<[usize; 3]>> {
    let told: Vec<_> = config.variables.iter().enumerate().skip(1).collect();
    let leads: HashSet<i64> = (0..past.len()).map(|at| past.id(at)).collect();
    let former = former::read(tx, &told, Whose::These(&leads))?;
    let mut late = vec![[0; 3]; config.variables.len()];
    for at in 0..past.len() {
        let Some(changes) = former.get(&past.id(at)) else { continue };
        for (variable, _) in &told {
            if past.texts(at, *variable).all(str::is_empty) {
                continue;
            }
            let own = || changes.iter().filter(|change| change.variable == *variable);
            let closing = own().find(|change| change.is_late);
            let creation =
                own().find(|change| change.is_late || change.until > past.created_at(at));
            // What was overwritten late is another value than was known before the outcome, filled in or not.
            let is_late = closing.is_some();
            let is_new = is_late || creation.is_some_and(Former::was_empty);
            late[*variable][0] += usize::from(is_late);
            late[*variable][1] += usize::from(is_new);
            late[*variable][2] += usize::from(creation.is_some());
        }
    }
    Ok(late)
}
