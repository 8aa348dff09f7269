//! Who belongs to whom among customers: a company, its offices and its staff share what is the company's and are not one for that.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::base::{RecordKind, Result, Table, limit};
use crate::desk::query::Scope;
use crate::duplicate::reason::Shared;
use crate::duplicate::scan::Group;
use crate::filter::Statement;
use crate::storage::Tx;
use crate::storage::records::from;

/// By customer, the company or person above, of those that the actor sees.
#[derive(Debug, Default)]
pub(super) struct Kin(HashMap<i64, i64>);

impl Kin {
    /// Of a table that has such; nobody elsewhere.
    pub(super) fn read(
        tx: &Tx<'_>,
        table: &'static Table,
        mut read: impl FnMut() -> Result<()>,
    ) -> Result<Self> {
        let mut above = HashMap::new();
        if table.kind != RecordKind::Partner || tx.actor.hides(table.kind, "parent_id") {
            return Ok(Self(above));
        }
        let mut out = Statement::new(tx.now);
        out.sql.push_str(" WHERE partner.parent_id IS NOT NULL AND ");
        Scope::new(tx, table, Vec::new(), None)?.asked.sql_alone(&mut out)?;
        let sql =
            format!("SELECT partner.id, partner.parent_id{}{}", from(table, &out.sides), out.sql);
        tx.each(&sql, &out.params, |line| {
            above.insert(line.int(0)?, line.int(1)?);
            read()
        })?;
        Ok(Self(above))
    }

    /// Those above, the nearest first.
    fn line(&self, id: i64) -> impl Iterator<Item = i64> {
        std::iter::successors(self.0.get(&id), |above| self.0.get(above))
            .take(limit::PARENTS)
            .copied()
    }

    /// The groups that are left of one without those who share something as a family does: who stands below another of them; and of what
    /// is a whole floor's, such as a telephone, all but one of those who have the same company above them, unless two are called alike.
    pub(super) fn apart(
        &self,
        shared: Shared,
        group: Group,
        names: &HashMap<i64, String>,
    ) -> Vec<Group> {
        if self.0.is_empty() {
            return vec![group];
        }
        if !shared.is_of_a_floor() {
            return vec![self.unrelated(group)];
        }
        let mut families: BTreeMap<i64, Group> = BTreeMap::new();
        for (id, reason) in group.ids.into_iter().zip(group.reasons) {
            let top = self.line(id).last().unwrap_or(id);
            families.entry(top).or_default().push(id, reason);
        }
        let (mut groups, mut apart) = (Vec::new(), Group::default());
        for family in families.into_values() {
            let mut called: BTreeMap<&str, Group> = BTreeMap::new();
            for (id, reason) in family.ids.iter().zip(&family.reasons) {
                let name = names.get(id).filter(|name| !name.is_empty());
                let Some(name) = name else { continue };
                called.entry(name).or_default().push(*id, reason.clone());
            }
            groups.extend(called.into_values().map(|group| self.unrelated(group)));
            let first = self.unrelated(family);
            if let (Some(id), Some(reason)) = (first.ids.first(), first.reasons.first()) {
                apart.push(*id, reason.clone());
            }
        }
        groups.push(apart);
        groups
    }

    /// A group without those who stand below another of it.
    fn unrelated(&self, group: Group) -> Group {
        let all: HashSet<i64> = group.ids.iter().copied().collect();
        let mut left = Group::default();
        for (id, reason) in group.ids.into_iter().zip(group.reasons) {
            if !self.line(id).any(|above| all.contains(&above)) {
                left.push(id, reason);
            }
        }
        left
    }
}
