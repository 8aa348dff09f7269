//! Records as of an instant of the past.
//!
//! A statement reads a record's table and the 1:1 tables beside it by name. As of an instant, tables of the same names and columns
//! stand there: the record's with what its history kept, the scores of the machine and of stages with what had been said by then. So
//! filters, orders, columns and sums are the text that they always are.
//!
//! Inside, `lead` is the record as it is now and `state` the row of its history that held: what decides sight is asked there. What has
//! no history is as it is now, and a record that was deleted since is in no answer. Per record it takes one look into the key of the
//! history and, where chances are asked for, one into the key of the log of scores.

use crate::base::field::{Past, Place};
use crate::base::{AsOf, Axis, Error, RecordKind, Result, Table};
use crate::filter::{Resolved, Statement};
use crate::storage::Tx;

/// The machine's scores, of which the log is kept.
const SCORES: &str = "lead_score";

impl Tx<'_> {
    /// Turns to an instant of the past: from here on it is then, and questions are answered as of then.
    pub(crate) fn turn_back(&mut self, as_of: AsOf, table: &Table) -> Result<()> {
        crate::require!(
            table.has_history(),
            "as_of",
            "as_of: no history is kept of a {}; leads have one",
            table.kind.name()
        );
        crate::require!(
            as_of.at <= self.now,
            "as_of",
            "as_of: {} is still to come; it is {}",
            as_of.at,
            self.now
        );
        self.now = as_of.at;
        self.past = Some(as_of);
        Ok(())
    }

    /// Asks about records of that table as of an instant of the past, within a question that goes on in the present.
    pub(crate) fn back_then<T>(
        &mut self,
        as_of: AsOf,
        table: &Table,
        ask: impl FnOnce(&Self) -> Result<T>,
    ) -> Result<T> {
        let now = self.now;
        self.turn_back(as_of, table)?;
        let answer = ask(self);
        (self.now, self.past) = (now, None);
        answer
    }

    /// As of when records of a table are asked about; `None`: as they are.
    pub(crate) fn as_of(&self, table: &Table) -> Option<AsOf> {
        self.past.filter(|_| table.has_history())
    }
}

/// `WITH` what the stages said by an instant, in the place of what they say; `at` is the instant's parameter.
///
/// Under its own name it is found wherever a statement asks for it, and taken in there, so that each look goes into the key of the log.
pub(crate) fn with(at: &str) -> String {
    format!(
        "WITH stage_chance AS NOT MATERIALIZED (SELECT told.team_id, told.stage_id, told.ppm, told.source FROM stage_chance_log told \
         WHERE told.ppm >= 0 AND told.run = (SELECT said.run FROM stage_chance_log said JOIN score_run ON score_run.id = said.run \
         WHERE said.team_id = told.team_id AND said.stage_id = told.stage_id AND score_run.date <= {at} ORDER BY said.run DESC LIMIT 1)) "
    )
}

/// A whole statement, of what is selected and what stands behind `FROM`, as of an instant: of the records that `seen` lets through as they
/// are now, with the given 1:1 tables. Its parameters go behind those of `rest`.
pub(crate) fn select(
    what: &str,
    table: &'static Table,
    sides: &[&str],
    as_of: AsOf,
    seen: Option<&Resolved>,
    rest: &mut Statement,
) -> Result<String> {
    if table.kind != RecordKind::Lead {
        return Err(Error::bug("a history of something else than leads"));
    }
    let at = rest.bind(as_of.at.micros());
    let (time, settled) = match as_of.axis {
        Axis::Effective => ("effective_at", "1 = 1"),
        Axis::Known => (
            "known_at",
            "state.seq = (SELECT MAX(last.seq) FROM lead_history last WHERE last.lead_id = state.lead_id)",
        ),
    };
    let columns = table.fields.iter().filter(|field| field.place == Place::Column);
    let columns: Vec<String> = columns
        .map(|field| match field.past {
            Past::Now => format!("lead.{}", field.name),
            Past::Kept => format!("state.{}", field.name),
            Past::Then(sql) => {
                let sql = sql.replace(":time", time).replace(":settled", settled);
                format!("{} AS {}", sql.replace(":at", &at), field.name)
            }
        })
        .collect();
    let text = std::mem::take(&mut rest.sql);
    if let Some(seen) = seen {
        rest.sql.push_str(" WHERE ");
        seen.sql_alone(rest)?;
    }
    let seen = std::mem::take(&mut rest.sql);
    let mut from = format!(
        "{}{what} FROM (SELECT {} FROM lead JOIN lead_history state ON state.lead_id = lead.id AND state.seq = \
         (SELECT last.seq FROM lead_history last WHERE last.lead_id = lead.id AND last.{time} <= {at} ORDER BY last.seq DESC LIMIT 1)\
         {seen}) AS lead",
        with(&at),
        columns.join(", ")
    );
    for side in sides {
        from.push_str(&match *side {
            SCORES => format!(
                " LEFT JOIN score_log AS {SCORES} ON {SCORES}.lead_id = lead.id AND {SCORES}.run = \
                 (SELECT said.run FROM score_log said JOIN score_run ON score_run.id = said.run \
                 WHERE said.lead_id = lead.id AND score_run.date <= {at} \
                 AND said.run <= (SELECT MAX(id) FROM score_run WHERE date <= {at}) ORDER BY said.run DESC LIMIT 1)"
            ),
            side => format!(" LEFT JOIN {side} ON {side}.lead_id = lead.id"),
        });
    }
    Ok(from + &text)
}
