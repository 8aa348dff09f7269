//! First pages of who sees few: where sight or filter hold a lead to a few salespeople, each one's leads stand in the list's order already.
//!
//! Reading the list of all in its order and passing over what is not seen costs a page as many leads as there are between the seen
//! ones. Instead each salesperson's first leads are taken and put in order together. Deliberately absent: other orders and
//! conditions, for which no index stands.

use crate::base::{Record as _, Table};
use crate::filter::{Resolved, Statement};
use crate::record::Lead;
use crate::storage::records::from;

/// More salespeople are not asked one by one.
const FEW: usize = 8;
/// A page that ends farther down is read in the order of all.
const NEAR: usize = 1_000;

/// Narrows the conditions of a question for a page of leads in the desk's own order that ends at `until`.
pub(super) fn narrow(
    rest: &mut Statement,
    asked: &Resolved,
    table: &'static Table,
    until: Option<usize>,
) {
    let Some(until) = until.filter(|until| *until <= NEAR && table.kind == Lead::TABLE.kind) else {
        return;
    };
    let is_shown = asked.held_to("active").is_some_and(|held| held == [Some(1)]);
    let users =
        asked.held_to("user_id").filter(|users| is_shown && (2..=FEW).contains(&users.len()));
    let Some(users) = users else { return };
    let until = rest.bind(i64::try_from(until).unwrap_or(i64::MAX));
    let from = from(table, &rest.sides);
    let of = |(at, user): (usize, Option<i64>), rest: &mut Statement| {
        let user =
            user.map_or_else(|| "IS NULL".to_owned(), |user| format!("= {}", rest.bind(user)));
        format!(
            "SELECT id FROM (SELECT lead.id{from}{} AND lead.user_id {user} ORDER BY lead.priority DESC, lead.id DESC LIMIT {until}) AS of_{at}",
            rest.sql
        )
    };
    let each: Vec<String> = users.into_iter().enumerate().map(|user| of(user, rest)).collect();
    rest.sql = format!(" WHERE lead.id IN ({})", each.join(" UNION ALL "));
}
