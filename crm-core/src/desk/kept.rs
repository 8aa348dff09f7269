//! Counts that are kept beside the leads, where they can answer: how many of them are seen, by whose they are and whether they are shown.
//!
//! What a session sees depends as a rule on a lead's company, team, salesperson and kind alone. A cell counts the leads that agree in these
//! and in `active` and `won_status`; so a count asks as many cells as there are such groups, not leads. Deliberately absent: writing
//! them, which [`crate::tally`] does; a question that speaks of anything else.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::base::{Cell, Field, Record as _, RecordKind, Result, Subject};
use crate::filter::{Resolved, Statement};
use crate::record::{Lead, WonStatus};
use crate::storage::records::from;
use crate::storage::{Line, Tx};

/// The grain of these cells in `lead_tally`.
pub(crate) const GRAIN: i64 = 2;

/// What they are kept by.
const KEYS: [&str; 6] = ["company_id", "team_id", "user_id", "kind", "active", "won_status"];

/// What stands for an outcome in such a cell: the standing, and whether the lead is shown.
pub(crate) const fn standing(status: WonStatus, active: bool) -> i64 {
    status.code() * 2 + active as i64
}

/// How many leads meet what is asked; none where the cells cannot tell.
pub(super) fn count(tx: &Tx<'_>, asked: &Resolved) -> Result<Option<i64>> {
    if tx.as_of(Lead::TABLE).is_some() || !asked.only_uses(&KEYS) {
        return Ok(None);
    }
    let sql =
        "SELECT outcome, company_id, team_id, user_id, kind, n FROM lead_tally WHERE grain = ?1";
    let cells = tx.rows(sql, &[GRAIN.into()], |line| {
        let ids = [line.int(1)?, line.int(2)?, line.int(3)?];
        Ok((line.int(0)?, ids, line.int(4)?, line.int(5)?))
    })?;
    let (mut count, mut meeting) = (0, Meeting::new(asked));
    for (outcome, [company, team, user], kind, n) in cells {
        let is_met = meeting.holds(tx, &|field| match field {
            "company_id" => id(company),
            "team_id" => id(team),
            "user_id" => id(user),
            "kind" => Cell::Int(kind),
            "active" => Cell::Int(outcome % 2),
            _ => Cell::Int(outcome / 2),
        })?;
        if is_met {
            count += n;
        }
    }
    Ok(Some(count))
}

/// An id as cells keep it: 0 is none.
pub(crate) const fn id(stored: i64) -> Cell<'static> {
    if stored == 0 { Cell::Null } else { Cell::Int(stored) }
}

/// Which cells meet what is asked: fields of the office's records are read once for all of them, since any cell may refer to them.
#[derive(Debug)]
pub(crate) struct Meeting<'a> {
    asked: &'a Resolved,
    /// By which of a cell's own fields that is decided, and what it was for the last one: cells come in groups.
    names: Vec<&'static str>,
    last: Option<(Vec<Cell<'static>>, bool)>,
    linked: HashMap<(RecordKind, &'static str), HashMap<i64, Cell<'static>>>,
}

impl<'a> Meeting<'a> {
    /// For one question.
    pub(crate) fn new(asked: &'a Resolved) -> Self {
        let names = asked.fields().iter().map(|field| field.name).collect();
        Self { asked, names, last: None, linked: HashMap::new() }
    }

    /// Whether all leads of a cell meet what is asked, or none; `own` tells the cell's own fields.
    pub(crate) fn holds(
        &mut self,
        tx: &Tx<'_>,
        own: &dyn Fn(&'static str) -> Cell<'static>,
    ) -> Result<bool> {
        let is_same =
            |was: &[Cell<'static>]| self.names.iter().zip(was).all(|(n, was)| own(n) == *was);
        if let Some((was, holds)) = &self.last
            && is_same(was)
        {
            return Ok(*holds);
        }
        let linked = &mut self.linked;
        let holds =
            self.asked.matches(&mut |of: Option<Subject>, field: &'static Field| match of {
                Some(subject) => link(tx, subject, field, linked),
                None => Ok(own(field.name)),
            })?;
        self.last = Some((self.names.iter().map(|name| own(name)).collect(), holds));
        Ok(holds)
    }
}

/// A field of a record that a cell refers to.
fn link(
    tx: &Tx<'_>,
    subject: Subject,
    field: &'static Field,
    linked: &mut HashMap<(RecordKind, &'static str), HashMap<i64, Cell<'static>>>,
) -> Result<Cell<'static>> {
    let known = match linked.entry((subject.kind, field.name)) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => new.insert(column(tx, subject.kind, field)?),
    };
    Ok(known.get(&subject.id).cloned().unwrap_or(Cell::Null))
}

/// A field of all records of a kind.
fn column(
    tx: &Tx<'_>,
    kind: RecordKind,
    field: &'static Field,
) -> Result<HashMap<i64, Cell<'static>>> {
    let table = crate::record::table(kind);
    let mut statement = Statement::new(tx.now);
    let column = statement.column(table, field)?;
    let sql = format!("SELECT {}.id, {column}{}", table.name, from(table, &statement.sides));
    let read = |line: &Line<'_>| Ok((line.int(0)?, line.cell(1).into_owned()));
    let rows = tx.rows(&sql, &statement.params, read)?;
    Ok(rows.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use crate::base::Timestamp;
    use crate::{Crm, Filter, Find, Lost, Value, fields};

    #[test]
    fn what_is_counted_by_cells_is_what_is_found_all_at_once_or_page_by_page() {
        let crm = Crm::open(":memory:").unwrap();
        let now = Timestamp::parse("2026-03-02T09:00:00Z").unwrap();
        let s = crm.session(None, Some(now)).unwrap();
        let other = s.companies().create(fields! { name: "Other", currency: "USD" }).unwrap().id;
        let teams = ["North", "South"].map(|name| {
            let company = (name == "South").then_some(other);
            s.teams().create(fields! { name: name, company_id: company }).unwrap().id
        });
        let user = |name: &str, role: &str| {
            let card = fields! { name: name, login: name, role: role };
            let user = s.users().create(card).unwrap().id;
            s.teams().add_member(teams[usize::from(name > "c")], user, fields! {}).unwrap();
            user
        };
        let users = [("ann", "own"), ("ben", "team"), ("cem", "company"), ("dan", "all")];
        let users = users.map(|(name, role)| user(name, role));
        for n in 0..60_usize {
            let lead = fields! {
                name: format!("Lead {n}"),
                kind: if n.is_multiple_of(4) { "lead" } else { "opportunity" },
                user_id: users.get(n % 6).map_or(Value::Null, |user| (*user).into()),
                team_id: teams.get(n % 3).map_or(Value::Null, |team| (*team).into()),
                on_hold: n % 11 == 3,
            };
            let lead = s.leads().create(lead).unwrap().id;
            match n % 7 {
                1 => drop(s.leads().mark_won(lead).unwrap()),
                2 => drop(s.leads().mark_lost(lead, &Lost::default()).unwrap()),
                3 => drop(s.leads().archive(lead).unwrap()),
                4 => drop(s.leads().update(lead, fields! { user_id: users[n % 4] }).unwrap()),
                5 if n > 50 => s.leads().delete(lead).unwrap(),
                _ => {}
            }
        }
        let rule = fields! { name: "deals", record: "lead", user_id: users[3], filter: "kind = \"opportunity\"" };
        s.rules().create(rule).unwrap();
        let mut told = 0;
        for user in [None].into_iter().chain(users.map(Some)) {
            let s = crm.session(user.map(Into::into), Some(now)).unwrap();
            for filter in [
                "active = true",
                "active in (true, false)",
                "won_status = \"won\"",
                "won_status != \"won\" and user_id = :me",
                "active = false or team_id is null",
                "team_id.company_id = 2 and kind = \"lead\"",
                "user_id.name = \"ann\"",
                "company_id is null",
                "on_hold = true",
                "stage_id = 1",
            ] {
                let filter = Filter::parse(filter).unwrap();
                let find = Find { filter: Some(filter.clone()), ..Find::default() };
                let found = s.leads().find(&find).unwrap().len();
                let counted = s.leads().count(Some(&filter)).unwrap();
                assert_eq!(usize::try_from(counted), Ok(found), "{user:?} {filter:?}");
                told += counted;
            }
            let all = s.leads().find(&Find::default()).unwrap();
            for (offset, limit) in [(0, 3), (2, 5), (10, 80), (0, 1), (100, 3)] {
                let page = Find { limit: Some(limit), offset, ..Find::default() };
                let end = (offset + limit).min(all.len());
                let of_all = all.get(offset..end).unwrap_or_default();
                assert_eq!(s.leads().find(&page).unwrap(), of_all, "{user:?} {offset} {limit}");
                let named = s.leads().frame(&page, Some(&["name", "user_id.name"])).unwrap();
                assert_eq!(named.len(), of_all.len());
            }
            let all = all.len();
            assert_eq!(usize::try_from(s.leads().count(None).unwrap()), Ok(all), "{user:?}");
        }
        assert!(told > 500, "{told}");
        assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    }
}
