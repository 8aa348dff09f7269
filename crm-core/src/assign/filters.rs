//! Filters over the leads of a plan: each distinct one is read once. What reads the lead alone is asked in memory when it is needed; what reads
//! records that the lead refers to is asked in storage, once for all leads.

use std::collections::{HashMap, HashSet};

use crate::access::{self, Actor};
use crate::base::{Error, Record as _, RecordKind, Result, UserId};
use crate::desk::query;
use crate::filter::{Filter, Params, Resolved};
use crate::record::Lead;
use crate::storage::Tx;

#[derive(Debug)]
enum Test {
    All,
    Here(Resolved),
    Listed(HashSet<i64>),
}

/// The filters of teams and members.
#[derive(Debug)]
pub(super) struct Filters {
    tests: Vec<Test>,
    /// By text, and who `:me` is and which team is theirs if the text asks.
    known: HashMap<(String, Option<(i64, i64)>), usize>,
    /// Of what users see, by who `:me` is if the text asks, and text.
    sights: HashMap<(Option<UserId>, String), usize>,
    /// Those that name the lead's team.
    of_team: HashSet<usize>,
}

impl Filters {
    pub(super) fn new() -> Self {
        Self {
            tests: vec![Test::All],
            known: HashMap::new(),
            sights: HashMap::new(),
            of_team: HashSet::new(),
        }
    }

    /// The number of a filter; no text accepts everything.
    pub(super) fn add(
        &mut self,
        tx: &Tx<'_>,
        text: Option<&str>,
        me: Option<(i64, i64)>,
        leads: &[Lead],
    ) -> Result<usize> {
        let Some(text) = text else { return Ok(0) };
        let key = (text.to_owned(), me.filter(|_| text.contains(":m")));
        if let Some(at) = self.known.get(&key) {
            return Ok(*at);
        }
        let params = Params {
            me: me.map(|(user, _)| user),
            today: tx.now.date(),
            now: tx.now,
            my_teams: me.map(|(_, team)| team).into_iter().collect(),
        };
        let resolved = query::written_with(tx, &Filter::parse(text)?, Lead::TABLE, &params)?;
        self.add_resolved(tx, resolved, leads)?;
        if text.contains("team_id") {
            self.of_team.insert(self.tests.len() - 1);
        }
        self.known.insert(key, self.tests.len() - 1);
        Ok(self.tests.len() - 1)
    }

    /// The numbers of what must hold of a lead for a user to see it, which is asked once for all of whom it is the same.
    pub(super) fn add_sight(
        &mut self,
        tx: &Tx<'_>,
        actor: &Actor,
        leads: &[Lead],
    ) -> Result<Vec<usize>> {
        let mut numbers = Vec::new();
        let Some(user) = actor.user_id else { return Ok(numbers) };
        for filter in access::sights(RecordKind::Lead, actor) {
            let key = access::told_of(&filter, user);
            let number = match self.sights.get(&key) {
                Some(known) => *known,
                None => {
                    let resolved = query::resolved_for(tx, &filter, Lead::TABLE, actor)?;
                    let new = self.add_resolved(tx, resolved, leads)?;
                    self.sights.insert(key, new);
                    new
                }
            };
            numbers.push(number);
        }
        Ok(numbers)
    }

    /// The number of a filter that is read already.
    fn add_resolved(&mut self, tx: &Tx<'_>, resolved: Resolved, leads: &[Lead]) -> Result<usize> {
        let test = if resolved.reads_the_record_alone() {
            Test::Here(resolved)
        } else {
            let ids: Vec<i64> = leads.iter().map(|lead| lead.id.0).collect();
            Test::Listed(query::among_resolved(tx, Lead::TABLE, &ids, &resolved)?)
        };
        self.tests.push(test);
        Ok(self.tests.len() - 1)
    }

    /// Whether a filter names the lead's team.
    pub(super) fn asks_for_team(&self, test: usize) -> bool {
        self.of_team.contains(&test)
    }

    pub(super) fn holds(&self, test: usize, lead: &Lead) -> Result<bool> {
        match &self.tests[test] {
            Test::All => Ok(true),
            Test::Listed(ids) => Ok(ids.contains(&lead.id.0)),
            Test::Here(resolved) => resolved.matches_record(lead, &mut |_, _| {
                Err(Error::bug("a filter of the record alone asked for another"))
            }),
        }
    }
}
