//! Whose number is the chance of pending leads: what their team or company says, kept with each lead so that lists, sums and history know it.
//!
//! A write of a lead settles it for that lead; here it is settled for all whose team or company has changed its mind. That is no change
//! of a lead: versions stay, and the feed tells of the team or company. Deliberately absent: leads that have ended; a reopening is a
//! write.

use std::collections::BTreeMap;

use crate::base::field::FieldValue as _;
use crate::base::{CompanyId, Result, TeamId, limit};
use crate::event::{Event, LeadChange};
use crate::lead::office::office;
use crate::record::{Lead, ProbabilityPolicy};
use crate::storage::Tx;
use crate::storage::records::id_list;

/// Lets pending leads follow what teams and companies say now.
pub(crate) fn follow(tx: &mut Tx<'_>) -> Result<()> {
    for (policy, ids) in differing(tx)? {
        for chunk in ids.chunks(limit::CHUNK) {
            let before = tx.by_ids::<Lead>(chunk)?;
            let set = "UPDATE lead SET probability_policy = ?1 WHERE id IN (SELECT value FROM json_each(?2))";
            tx.execute(set, &[policy.code().into(), id_list(chunk)])?;
            let change = |before: Lead| {
                let after = Lead { probability_policy: policy, ..before.clone() };
                LeadChange::new(Some(before), Some(after))
            };
            tx.announce(Event::Policies(before.into_iter().map(change).collect()));
            tx.settle()?;
        }
    }
    Ok(())
}

/// What is wrong with the policies that are kept, in words.
pub(crate) fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let wrong = differing(tx)?.into_iter().flat_map(|(policy, ids)| {
        ids.into_iter().map(move |id| format!("lead {id} should have the policy {}", policy.word()))
    });
    Ok(wrong.collect())
}

/// Pending leads with another policy than their team or company says, by what that is.
fn differing(tx: &Tx<'_>) -> Result<BTreeMap<ProbabilityPolicy, Vec<i64>>> {
    let office = office(tx)?;
    let mut known = BTreeMap::new();
    let mut differing: BTreeMap<_, Vec<i64>> = BTreeMap::new();
    let sql = "SELECT id, team_id, company_id, probability_policy FROM lead WHERE won_status = 0 ORDER BY id";
    tx.each(sql, &[], |line| {
        let owners = (line.int_or_null(1)?, line.int_or_null(2)?);
        let policy = *known
            .entry(owners)
            .or_insert_with(|| office.policy(owners.0.map(TeamId), owners.1.map(CompanyId)));
        if ProbabilityPolicy::from_cell(line.cell(3)) != Some(policy) {
            differing.entry(policy).or_default().push(line.int(0)?);
        }
        Ok(())
    })?;
    Ok(differing)
}
