//! Chances that are asked for and not stored: of open leads as things stand, or as they stood at a moment of the past.
//!
//! As of a moment, the model is what a rebuild then would have come to: outcomes that were true by then, as the history has them now
//! (the effective axis of `AsOf`), also of leads that were reopened since. A lead is judged as it stood then. Deliberately absent: leads that were closed then.

use crate::base::{
    AsOf, FieldKind, Frame, LeadId, Probability, Progress, Result, Timestamp, Value,
};
use crate::desk::{Find, query};
use crate::filter::Filter;
use crate::record::{Lead, ProbabilitySource};
use crate::score::batch::Steps;
use crate::score::config::Config;
use crate::score::known::{self, Known, Whose};
use crate::score::model::Said;
use crate::score::pass::{Pass, RANGE, Which};
use crate::score::replay::Past;
use crate::score::store;
use crate::storage::Tx;

/// What the machine says of a lead when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScorePrediction {
    /// Of which lead.
    pub lead_id: LeadId,
    /// As of when.
    pub predicted_at: Timestamp,
    /// The chance.
    pub probability: Probability,
    /// What that rests on.
    pub source: ProbabilitySource,
}

impl ScorePrediction {
    /// One row per prediction: `lead_id`, `predicted_at`, `probability` in percent, `source`.
    #[must_use]
    pub fn frame(rows: &[Self]) -> Frame {
        let mut frame = Frame::new([
            ("lead_id", FieldKind::Int),
            ("predicted_at", FieldKind::Time),
            ("probability", FieldKind::Percent),
            ("source", FieldKind::Text),
        ]);
        for row in rows {
            frame.push([
                row.lead_id.0.into(),
                row.predicted_at.into(),
                Value::Decimal(row.probability.percent()),
                row.source.word().into(),
            ]);
        }
        frame
    }

    const fn new(lead: i64, predicted_at: Timestamp, said: Said) -> Self {
        let Said { probability, source } = said;
        Self { lead_id: LeadId(lead), predicted_at, probability, source }
    }
}

/// Predicts for the leads of a filter that this user sees, in the order of their ids.
pub(crate) fn predict(
    tx: &mut Tx<'_>,
    config: &Config,
    filter: Option<&Filter>,
    as_of: Option<Timestamp>,
    progress: &mut Progress<'_>,
) -> Result<Vec<ScorePrediction>> {
    let (filter, order) = (filter.cloned(), Some("id".to_owned()));
    let find = Find { filter, order, ..Find::default() };
    let table = <Lead as crate::base::Record>::TABLE;
    match as_of {
        None => {
            let leads = query::ids(tx, &find, table)?;
            now(tx, config, &leads, progress)
        }
        Some(when) => {
            let ask = |tx: &Tx<'_>| query::ids(tx, &find, table);
            let leads = tx.back_then(AsOf::from(when), table, ask)?;
            then(tx, config, &leads, when, progress)
        }
    }
}

/// As things stand.
fn now(
    tx: &Tx<'_>,
    config: &Config,
    leads: &[i64],
    progress: &mut Progress<'_>,
) -> Result<Vec<ScorePrediction>> {
    let model = store::model(tx, config)?;
    let compiled = model.judge().compiled();
    let always = Timestamp::stored(i64::MIN);
    let mut pass = Pass::new(&config.variables, Which::Open, always, &[]).following(config);
    let mut number = |variable: usize, text: &str| model.judge().number(variable, text);
    let mut steps = Steps::new(progress, leads.last().copied().unwrap_or(0), 1);
    let mut rows = Vec::with_capacity(leads.len());
    let mut rest = leads;
    while let Some(first) = rest.first().copied() {
        let end = first.saturating_add(RANGE);
        let (mut part, behind) = rest.split_at(rest.partition_point(|id| *id < end));
        let last = part.last().copied().unwrap_or(first);
        pass.range(tx, (first - 1, last), &mut number, |lead, _| {
            part = &part[part.partition_point(|id| *id < lead.id)..];
            if part.first() == Some(&lead.id) {
                let said = compiled.said_of(model.judge(), lead);
                rows.push(ScorePrediction::new(lead.id, tx.now, said));
            }
            Ok(())
        })?;
        rest = behind;
        steps.step(last)?;
    }
    Ok(rows)
}

/// As they stood.
fn then(
    tx: &mut Tx<'_>,
    config: &Config,
    leads: &[i64],
    when: Timestamp,
    progress: &mut Progress<'_>,
) -> Result<Vec<ScorePrediction>> {
    let mut steps = Steps::new(progress, store::last_lead(tx)?, 1);
    let every = Past::read(tx, config, Which::Every, Timestamp::stored(i64::MIN), &mut steps)?;
    let known = Known::read(tx, &config.variables, Some(when), Whose::All)?;
    let (mut past, mut asked) = (Past::new(config), Vec::new());
    let evidence = |at| known.as_of(every.id(at), when.micros(), every.evidence(at));
    for at in 0..every.len() {
        let id = every.id(at);
        let states = known.states(id);
        let Some(last) = states.last() else { continue };
        match known::closed_since(states) {
            Some(closed) if every.created_at(at) >= config.start().micros() => {
                past.add(id, closed, &evidence(at), last.is_won);
            }
            None if leads.binary_search(&id).is_ok() => asked.push(at),
            _ => {}
        }
    }
    let model = past.model(config, store::stages(tx)?)?;
    asked.sort_unstable_by_key(|at| every.id(*at));
    let said = |at| ScorePrediction::new(every.id(at), when, model.judge().said(&evidence(at)));
    Ok(asked.into_iter().map(said).collect())
}
