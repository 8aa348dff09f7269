//! What fields said before they were changed: the feed tells old and new of each change, whoever made it.
//!
//! One pass over the feed in its order; of its entries only those are read as JSON that name a field that counts. Deliberately absent:
//! what is missing in the feed, for which stands what came after.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use crate::base::Result;
use crate::score::evidence::{Origin, Variable, told_texts};
use crate::score::known::Whose;
use crate::storage::{Tx, dialect};

/// What a field of a lead said until it was changed.
#[derive(Debug)]
pub(crate) struct Former {
    /// Which variable.
    pub(crate) variable: usize,
    /// Until when, in microseconds.
    pub(crate) until: i64,
    /// Whether it was changed by what closed the lead, or while it was closed, and the lead was not reopened since.
    pub(crate) is_late: bool,
    /// The texts that it counted as.
    pub(crate) was: Vec<String>,
}

impl Former {
    /// Whether nothing was said.
    pub(crate) fn was_empty(&self) -> bool {
        self.was.iter().all(String::is_empty)
    }
}

/// The changes of leads in these variables, given with their numbers; each lead's in their order.
pub(crate) fn read(
    tx: &Tx<'_>,
    told: &[(usize, &Variable)],
    whose: Whose<'_>,
) -> Result<HashMap<i64, Vec<Former>>> {
    let mut leads: HashMap<i64, Vec<Former>> = HashMap::new();
    let keys: HashSet<String> = told.iter().map(|(_, own)| format!("\"{}\":", key(own))).collect();
    if told.is_empty() {
        return Ok(leads);
    }
    let mut closed = HashSet::new();
    // The lead of the last plain entry, and how many changes it had before: its named entries follow at once.
    let mut last = (0, 0);
    tx.each(dialect!(tx, "changes_of_leads"), &[], |line| {
        let lead = line.int(0)?;
        let is_asked = match whose {
            Whose::All => true,
            Whose::One(one) => one.0 == lead,
            Whose::These(these) => these.contains(&lead),
        };
        match line.text(1)? {
            _ if !is_asked => {}
            "lead.reopened" => {
                closed.remove(&lead);
                leads.entry(lead).or_default().iter_mut().for_each(|own| own.is_late = false);
            }
            "lead.won" | "lead.lost" => {
                closed.insert(lead);
                let from = if last.0 == lead { last.1 } else { usize::MAX };
                let own = leads.get_mut(&lead).and_then(|own| own.get_mut(from..));
                own.into_iter().flatten().for_each(|own| own.is_late = true);
            }
            _ => {
                last = (lead, leads.get(&lead).map_or(0, Vec::len));
                let until = line.int(2)?;
                for data in [line.text_or_null(3)?, line.text_or_null(4)?].into_iter().flatten() {
                    if !keys.iter().any(|key| data.contains(key.as_str())) {
                        continue;
                    }
                    let entry: Json = serde_json::from_str(data).unwrap_or_default();
                    for (variable, own) in told {
                        let Some(was) = changed(&entry, own) else { continue };
                        let all = leads.entry(lead).or_default();
                        // A clock that runs backwards does not undo what was said before.
                        let until = all.last().map_or(until, |last| last.until.max(until));
                        let is_late = closed.contains(&lead);
                        all.push(Former { variable: *variable, until, is_late, was });
                    }
                }
            }
        }
        Ok(())
    })?;
    leads.retain(|_, own| !own.is_empty());
    Ok(leads)
}

/// The field by which the feed tells of a variable.
fn key(variable: &Variable) -> &str {
    match &variable.origin {
        Origin::Property(_) => "properties",
        Origin::Field(_) => &variable.name,
    }
}

/// What a variable counted as before an entry of the feed, if that changed it.
fn changed(entry: &Json, variable: &Variable) -> Option<Vec<String>> {
    let side = |side: &str| {
        let told = &entry[side][key(variable)];
        match &variable.origin {
            Origin::Property(name) => &told[name.as_str()],
            Origin::Field(_) => told,
        }
    };
    entry["was"].get(key(variable))?;
    let (was, set) = (side("was"), side("set"));
    (was != set).then(|| told_texts(variable, was))
}
