//! One pass over many leads: the columns that count, as numbered values, range of ids by range of ids.
//!
//! Only the columns of the configured fields are read; tags and stored scores are read in the order of the leads beside them.
//! Memory is bounded by one range. A number that was met before costs one look into an array; texts one look into a map.

use std::collections::HashMap;

use crate::base::field::{FieldKind, FieldValue as _, Properties};
use crate::base::value::Cell;
use crate::base::{Currency, Field, Place, Result, StageId, TeamId, Timestamp};
use crate::score::config::Config;
use crate::score::created::{self, Created};
use crate::score::evidence::{self, Evidence, First, Origin, STAGE, Variable};
use crate::storage::{Line, Tx};

/// Leads of one range of ids: enough to amortise a statement, few enough to be held. Unit tests come to more than one range with few.
pub(crate) const RANGE: i64 = if cfg!(test) { 100 } else { 50_000 };
/// Numbers below it are remembered in an array.
const DENSE: usize = 1 << 16;

/// Which leads to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Won and lost ones.
    Closed,
    /// Pending ones that are shown.
    Pending,
    /// Pending ones, also archived.
    Open,
    /// All of them.
    Every,
}

/// One lead of a pass.
#[derive(Debug)]
pub(crate) struct Narrow<'v> {
    pub(crate) id: i64,
    pub(crate) team_id: Option<TeamId>,
    pub(crate) is_won: bool,
    pub(crate) has_stage: bool,
    /// Variable and number of the value; the stage first.
    pub(crate) values: &'v [(usize, u32)],
    /// Until when and whose it was when it was created, if it is another's now; only of a pass that follows changes.
    pub(crate) moved_from: Option<(i64, Option<TeamId>)>,
    /// What it says, where that was changed since its creation; the same.
    pub(crate) changed: Option<Evidence>,
}

impl Narrow<'_> {
    /// What it was when it was created, if that was something else.
    pub(crate) fn first(&self) -> Option<First> {
        let values = self.changed.as_ref().map(|changed| changed.created.values.clone());
        let first = First { team: self.moved_from, values: values.unwrap_or_default() };
        Some(first).filter(|first| !first.is_empty())
    }
}

/// Gives the number of a value's text, if it is to have one.
pub(crate) type Number<'n> = dyn FnMut(usize, &str) -> Option<u32> + 'n;

/// A pass over the leads that were created in time.
#[derive(Debug)]
pub(crate) struct Pass<'p> {
    variables: &'p [Variable],
    sql: String,
    start: Timestamp,
    columns: Vec<Column>,
    currency: Option<usize>,
    tags: bool,
    seen: Vec<Seen>,
    follows: Option<&'p Config>,
    /// Where the columns that the caller wants beside stand in a row, in the order wanted.
    pub(crate) beside: Vec<usize>,
}

/// Where in a row a variable's value stands.
#[derive(Debug)]
enum Column {
    Cell(Stored),
    Property(String, usize),
    Tags,
}

/// A stored field, with what is asked of it for each lead.
#[derive(Debug)]
struct Stored {
    field: &'static Field,
    at: usize,
    counts_when_empty: bool,
    is_plain: bool,
}

impl Stored {
    fn new(field: &'static Field, at: usize) -> Self {
        let (counts_when_empty, is_plain) =
            (evidence::counts_when_empty(field), evidence::is_plain(field));
        Self { field, at, counts_when_empty, is_plain }
    }
}

impl<'p> Pass<'p> {
    /// A pass that hands out the columns `wanted` beside.
    pub(crate) fn new(
        variables: &'p [Variable],
        which: Which,
        start: Timestamp,
        wanted: &[&str],
    ) -> Self {
        let mut names = vec!["lead.id".to_owned(), "lead.team_id".into(), "lead.won_status".into()];
        let mut texts = false;
        let column = |name: String, names: &mut Vec<String>| {
            let at = names.iter().position(|known| *known == name);
            at.unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            })
        };
        let columns: Vec<Column> = variables
            .iter()
            .map(|variable| match (&variable.origin, variable.field()) {
                (Origin::Property(name), _) => {
                    texts = true;
                    Column::Property(
                        name.clone(),
                        column("lead_text.properties".into(), &mut names),
                    )
                }
                (_, Some(field)) => match field.place {
                    Place::Side(side) => {
                        texts = true;
                        let at = column(format!("{side}.{}", field.name), &mut names);
                        Column::Cell(Stored::new(field, at))
                    }
                    Place::Link(..) => Column::Tags,
                    _ => {
                        let at = column(format!("lead.{}", field.name), &mut names);
                        Column::Cell(Stored::new(field, at))
                    }
                },
                (Origin::Field(_), None) => Column::Tags,
            })
            .collect();
        let is_money = |column: &Column| matches!(column, Column::Cell(stored) if stored.field.kind == FieldKind::Money);
        let currency =
            columns.iter().any(is_money).then(|| column("lead.currency".into(), &mut names));
        let join = if texts { " JOIN lead_text ON lead_text.lead_id = lead.id" } else { "" };
        let beside = wanted.iter().map(|name| column(format!("lead.{name}"), &mut names)).collect();
        let which = match which {
            Which::Closed => "lead.won_status <> 0",
            Which::Pending => "lead.won_status = 0 AND lead.active",
            Which::Open => "lead.won_status = 0",
            Which::Every => "1 = 1",
        };
        let sql = format!(
            "SELECT {} FROM lead{join} WHERE lead.id > ?1 AND lead.id <= ?2 AND lead.create_date >= ?3 AND {which} ORDER BY lead.id",
            names.join(", ")
        );
        let tags = columns.iter().any(|column| matches!(column, Column::Tags));
        let seen = variables.iter().map(|_| Seen::default()).collect();
        Self { variables, sql, start, columns, currency, tags, seen, follows: None, beside }
    }

    /// Tells of leads, too, what was changed since their creation, where the configured model asks for it.
    pub(crate) fn following(mut self, config: &'p Config) -> Self {
        self.follows = Some(config).filter(|config| created::is_asked(config));
        self
    }

    /// Hands out the leads with ids above `after`, up to `last`.
    pub(crate) fn range(
        &mut self,
        tx: &Tx<'_>,
        (after, last): (i64, i64),
        number: &mut Number<'_>,
        mut take: impl FnMut(&Narrow<'_>, &Line<'_>) -> Result<()>,
    ) -> Result<()> {
        let tags = if self.tags { tags(tx, after, last)? } else { Vec::new() };
        let mut rest = tags.as_slice();
        let created = match self.follows {
            Some(config) => created::between(tx, config, (after, last))?,
            None => Created::new(),
        };
        let mut values = Vec::with_capacity(16);
        let sql = std::mem::take(&mut self.sql);
        let done =
            tx.each(&sql, &[after.into(), last.into(), self.start.micros().into()], |line| {
                let id = line.int(0)?;
                // Step by step, since leads and tags come in the same order: a search would cost more than all the rest.
                let before = rest.iter().take_while(|(lead, _)| *lead < id).count();
                let own = rest[before..].iter().take_while(|(lead, _)| *lead == id).count();
                let tags = &rest[before..before + own];
                rest = &rest[before + own..];
                values.clear();
                let has_stage = self.encode(line, tags, &mut values, number, false)?;
                let team_id = line.int_or_null(1)?.map(TeamId);
                let first = created.get(&id);
                let moved_from =
                    first.and_then(|first| first.team).filter(|(_, team)| *team != team_id);
                let changed = match first.filter(|first| !first.values.is_empty()) {
                    Some(first) => self.changed(line, tags, first)?,
                    None => None,
                };
                let (is_won, values) = (line.int(2)? == 1, values.as_slice());
                let lead = Narrow { id, team_id, is_won, has_stage, values, moved_from, changed };
                take(&lead, line)
            });
        self.sql = sql;
        done
    }

    /// What a lead says, if that is not what it said when it was created.
    fn changed(
        &mut self,
        line: &Line<'_>,
        tags: &[(i64, i64)],
        first: &First,
    ) -> Result<Option<Evidence>> {
        let mut evidence =
            Evidence { team_id: line.int_or_null(1)?.map(TeamId), ..Evidence::default() };
        let mut tell = |at: usize, text: &str| {
            if at == STAGE {
                evidence.stage_id = text.parse().ok().map(StageId);
            } else {
                evidence.values.push((at, text.to_owned()));
            }
            None
        };
        self.encode(line, tags, &mut Vec::new(), &mut tell, true)?;
        evidence.set_created(first);
        Ok(Some(evidence).filter(|evidence| !evidence.created.values.is_empty()))
    }

    /// With `is_anew`, every text is asked for, also of values that were met before.
    fn encode(
        &mut self,
        line: &Line<'_>,
        tags: &[(i64, i64)],
        values: &mut Vec<(usize, u32)>,
        number: &mut Number<'_>,
        is_anew: bool,
    ) -> Result<bool> {
        let currency = match self.currency {
            // What is stored was looked up when it was written; doing so for every lead is a tenth of the pass.
            Some(at) => {
                let code = line.text(at)?;
                Currency::stored(code).map_or_else(|| Currency::new(code), Ok)?
            }
            None => Currency::default(),
        };
        let mut has_stage = false;
        for (at, column) in self.columns.iter().enumerate() {
            let seen = &mut self.seen[at];
            let mut put = |code: Option<u32>| values.extend(code.map(|code| (at, code)));
            match column {
                Column::Tags if is_anew => {
                    for (_, tag) in tags {
                        put(number(at, &tag.to_string()));
                    }
                }
                Column::Tags => {
                    for (_, tag) in tags {
                        put(seen.plain(*tag, || number(at, &tag.to_string())));
                    }
                }
                Column::Property(name, place) => {
                    let properties = Properties::from_cell(line.cell(*place)).unwrap_or_default();
                    put(evidence::property_text(&properties, name)
                        .and_then(|text| number(at, &text)));
                }
                Column::Cell(stored) => {
                    let mut find = |cell| {
                        let text = evidence::text(stored.field, cell, currency);
                        text.and_then(|text| number(at, &text))
                    };
                    let cell = if stored.is_plain {
                        line.int_or_null(stored.at)?.map_or(Cell::Null, Cell::Int)
                    } else {
                        line.cell(stored.at)
                    };
                    has_stage |= at == STAGE && cell != Cell::Null;
                    put(match cell {
                        Cell::Null if !stored.counts_when_empty => None,
                        cell if is_anew => find(cell),
                        Cell::Null => *seen.empty.get_or_insert_with(|| find(Cell::Null)),
                        Cell::Int(raw) if stored.is_plain => {
                            seen.plain(raw, || find(Cell::Int(raw)))
                        }
                        cell => find(cell),
                    });
                }
            }
        }
        debug_assert!(self.variables.len() == self.columns.len(), "a column per variable");
        Ok(has_stage)
    }
}

fn tags(tx: &Tx<'_>, after: i64, last: i64) -> Result<Vec<(i64, i64)>> {
    let sql = "SELECT lead_id, tag_id FROM lead_tag WHERE lead_id > ?1 AND lead_id <= ?2 ORDER BY lead_id, tag_id";
    tx.rows(sql, &[after.into(), last.into()], |line| Ok((line.int(0)?, line.int(1)?)))
}

/// Numbers met before, and what became of them.
#[derive(Debug, Default)]
struct Seen {
    /// 0: not met; 1: has no number; else the number + 2.
    dense: Vec<u64>,
    sparse: HashMap<i64, Option<u32>>,
    /// What became of the empty value.
    empty: Option<Option<u32>>,
}

impl Seen {
    fn plain(&mut self, raw: i64, find: impl FnOnce() -> Option<u32>) -> Option<u32> {
        let Some(at) = usize::try_from(raw).ok().filter(|at| *at < DENSE) else {
            return *self.sparse.entry(raw).or_insert_with(find);
        };
        if self.dense.len() <= at {
            self.dense.resize(at + 1, 0);
        }
        match self.dense[at] {
            0 => {
                let found = find();
                self.dense[at] = found.map_or(1, |code| u64::from(code) + 2);
                found
            }
            known => u32::try_from(known.wrapping_sub(2)).ok(),
        }
    }
}
