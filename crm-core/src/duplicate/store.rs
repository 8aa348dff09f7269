//! Questions for records that share something, each part of them through an index.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::base::likeness::{Wanted, halved};
use crate::base::name::name_key;
use crate::base::{Error, PartnerId, RecordKind, Result, Table, limit};
use crate::desk::query::Scope;
use crate::duplicate::reason::Shared;
use crate::filter::{Statement, by_domain};
use crate::record;
use crate::storage::records::id_list;
use crate::storage::{Line, Tx};

/// A record that shares something.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) shared: Shared,
    pub(super) id: i64,
    /// What they share.
    pub(super) value: String,
    pub(super) active: bool,
    /// Of leads: 0 pending, 1 won, 2 lost; of others 0.
    pub(super) won_status: i64,
    /// Of leads: whether it is an opportunity.
    pub(super) is_opportunity: bool,
    /// The name as it is compared, if it is kept.
    compared: Option<String>,
}

impl Hit {
    /// Out of a part's number and what follows it.
    fn read(shared: Shared, line: &Line<'_>) -> Result<Self> {
        Ok(Self {
            shared,
            id: line.int(1)?,
            value: line.text(2)?.to_owned(),
            active: line.int(3)? != 0,
            won_status: line.int(4)?,
            is_opportunity: line.int(5)? != 0,
            compared: line.text_or_null(6)?.map(str::to_owned),
        })
    }

    /// The same, where it is kept beside the record.
    pub(super) fn kept_key(&self) -> Option<String> {
        self.compared.clone()
    }

    /// A name as it is compared.
    pub(super) fn key(&self) -> Cow<'_, str> {
        match &self.compared {
            Some(key) => key.into(),
            None => name_key(&self.value).into(),
        }
    }
}

/// One thing that records may share, and the values that they may share of it.
#[derive(Debug)]
pub(super) enum Part {
    /// Addresses with their domain first, a domain, or phone numbers.
    Texts(Shared, Vec<String>),
    /// Customers.
    Ids(Shared, Vec<i64>),
    /// Those of whom the name may be one, as [`names_like`] finds them.
    Named(Vec<i64>),
}

impl Part {
    pub(super) const fn shared(&self) -> Shared {
        match self {
            Self::Texts(shared, _) | Self::Ids(shared, _) => *shared,
            Self::Named(_) => Shared::Name,
        }
    }

    const fn is_empty(&self) -> bool {
        match self {
            Self::Texts(_, texts) => texts.is_empty(),
            Self::Ids(_, ids) | Self::Named(ids) => ids.is_empty(),
        }
    }

    /// The table that has it, what is told of it, and the condition.
    fn sql(&self, table: &Table, out: &mut Statement) -> (&'static str, String, String) {
        let (of, value, key) = place(table, self.shared());
        let condition = match self {
            Self::Ids(_, ids) => {
                format!("{key} IN (SELECT value FROM json_each({}))", out.bind(id_list(ids)))
            }
            Self::Named(ids) => {
                format!("{of}.id IN (SELECT value FROM json_each({}))", out.bind(id_list(ids)))
            }
            Self::Texts(Shared::Domain, domains) => {
                // Addresses of a domain stand between it and the letter after their sign.
                let domain = domains.first().map_or("", String::as_str);
                let (from, to) = (out.bind(format!("{domain}@")), out.bind(format!("{domain}A")));
                format!("{value} IS NOT NULL AND {key} >= {from} AND {key} < {to}")
            }
            Self::Texts(_, texts) => {
                let texts: Vec<String> = texts.iter().map(|text| out.bind(text.clone())).collect();
                format!("{value} IS NOT NULL AND {key} IN ({})", texts.join(", "))
            }
        };
        (of, value, condition)
    }

    /// How many of them are read: one more than may share it, or the newest.
    const fn most(&self) -> usize {
        match self {
            Self::Named(_) => limit::CHUNK,
            _ if self.shared().fades() => limit::SHARED + 1,
            _ => limit::DUPLICATES,
        }
    }

    /// Appends the question for those that the actor sees.
    fn ask(
        &self,
        scope: &Scope,
        n: usize,
        table: &'static Table,
        out: &mut Statement,
    ) -> Result<()> {
        let (of, value, condition) = self.sql(table, out);
        let name = table.name;
        let (state, from, joined) = (state(table), from(table, of), joined(of));
        let condition = format!("{}{condition}", channel(table, self.shared()));
        let _ = write!(
            out.sql,
            "SELECT CAST({n} AS BIGINT) AS part, {name}.id AS id, {value} AS value, {name}.active AS active, {state}, {compared} AS compared \
             FROM {from} WHERE {joined}{condition} AND ",
            compared = compared(table)
        );
        scope.asked.sql_alone(out)
    }
}

/// Those that the actor sees and of whom the name may be one, by their keys alone. Sight is asked of each half: of those that many share
/// the first are taken, and nothing unseen stands in their way.
pub(super) fn names_like(tx: &Tx<'_>, table: &'static Table, wanted: &Wanted) -> Result<Vec<i64>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let asked = names_question(tx, table, wanted)?;
    let mut found = Vec::new();
    tx.each(&asked.sql, &asked.params, |line| {
        if wanted.may_be(line.text(1)?) {
            found.push(line.int(0)?);
        }
        Ok(())
    })?;
    Ok(found)
}

/// The statement that [`names_like`] asks: the name itself, and where one like it stands. The index has the half before the whole.
pub(super) fn names_question(
    tx: &Tx<'_>,
    table: &'static Table,
    wanted: &Wanted,
) -> Result<Statement> {
    let mut out = Statement::new(tx.now);
    let scope = Scope::new(tx, table, Vec::new(), None)?;
    let (of, _, key) = place(table, Shared::Name);
    let head = format!("substr({key}, 1, length({key}) / 2)");
    let tail = format!("substr({key}, length({key}) / 2 + 1)");
    let looks = wanted.looks();
    let (least, most) = wanted.lengths();
    let whole = |whole: String| (&head, halved(&whole).0, Some(whole));
    let mut parts = vec![whole(wanted.key())];
    parts.extend(looks.wholes.into_iter().map(whole));
    parts.extend(looks.heads.into_iter().map(|half| (&head, half, None)));
    parts.extend(looks.tails.into_iter().map(|half| (&tail, half, None)));
    for (n, (part, half, whole)) in parts.into_iter().enumerate() {
        let union = if n == 0 { "" } else { " UNION ALL " };
        let half = out.bind(half);
        let rows = if n == 0 { limit::SHARED + 2 } else { limit::NAMES };
        let also = match whole {
            Some(whole) => format!("{key} = {}", out.bind(whole)),
            None => {
                let (least, most) = (out.bind(least), out.bind(most));
                format!("length({key}) BETWEEN {least} AND {most}")
            }
        };
        let _ = write!(
            out.sql,
            "{union}SELECT * FROM (SELECT {of}.id AS id, {key} AS name_key FROM {of} \
             WHERE {key} IS NOT NULL AND {part} = {half} AND {also} AND "
        );
        scope.asked.sql_alone(&mut out)?;
        let _ = write!(out.sql, " ORDER BY {key}, {of}.id LIMIT {rows}) AS half{n}");
    }
    Ok(out)
}

/// The name as it is compared, where it is kept.
const fn compared(table: &Table) -> &'static str {
    match table.kind {
        RecordKind::Partner => "partner.name_key",
        _ => "CAST(NULL AS TEXT)",
    }
}

/// Where something stands that records may share: the table, what is told of it, and by what its index finds it.
fn place(table: &Table, shared: Shared) -> (&'static str, String, String) {
    let texts = if table.kind == RecordKind::Lead { "lead_text" } else { table.name };
    match shared {
        // What a customer's card says is among its contacts.
        Shared::Email | Shared::Domain | Shared::Phone if table.kind == RecordKind::Partner => {
            let normal = "partner_contact.normalized".to_owned();
            let key = if shared == Shared::Phone { normal.clone() } else { by_domain(&normal) };
            ("partner_contact", normal, key)
        }
        Shared::Email | Shared::Domain => {
            let email = format!("{texts}.email_normalized");
            let key = by_domain(&email);
            (texts, email, key)
        }
        Shared::TaxId => {
            let tax_id = format!("{texts}.tax_id_normalized");
            (texts, tax_id.clone(), tax_id)
        }
        Shared::Name => (texts, format!("{texts}.name"), format!("{texts}.name_key")),
        Shared::Phone => {
            let phone = format!("{texts}.phone_normalized");
            (texts, phone.clone(), phone)
        }
        Shared::Partner | Shared::Family => {
            let partner = format!("{}.partner_id", table.name);
            (table.name, format!("CAST({partner} AS TEXT)"), partner)
        }
    }
}

/// Of leads, whether they are won and opportunities.
const fn state(table: &Table) -> &'static str {
    match table.kind {
        RecordKind::Lead => "lead.won_status, lead.kind",
        _ => "CAST(0 AS BIGINT), CAST(0 AS BIGINT)",
    }
}

/// A record comes after what it says, whatever sight says of it: what records share is the rarest thing that is asked for.
fn from(table: &Table, of: &str) -> &'static str {
    match of {
        "lead_text" => "lead_text CROSS JOIN lead",
        "partner_contact" => "partner_contact CROSS JOIN partner",
        _ => table.name,
    }
}

fn joined(of: &str) -> &'static str {
    match of {
        "lead_text" => "lead.id = lead_text.lead_id AND ",
        "partner_contact" => "partner.id = partner_contact.partner_id AND ",
        _ => "",
    }
}

/// What tells the rows that say such a thing from others of their table.
const fn channel(table: &Table, shared: Shared) -> &'static str {
    match (table.kind, shared) {
        (RecordKind::Partner, Shared::Email | Shared::Domain) => "partner_contact.channel = 0 AND ",
        (RecordKind::Partner, Shared::Phone) => "partner_contact.channel = 1 AND ",
        _ => "",
    }
}

/// The records of a table that the actor sees and that share one of these things, in one statement; the newest of each.
pub(super) fn sharing(tx: &Tx<'_>, table: &'static Table, parts: &[Part]) -> Result<Vec<Hit>> {
    let parts: Vec<&Part> = parts.iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    hits(tx, &parts, &question(tx, table, &parts)?)
}

/// The statement that [`sharing`] asks.
pub(super) fn question(tx: &Tx<'_>, table: &'static Table, parts: &[&Part]) -> Result<Statement> {
    let mut out = Statement::new(tx.now);
    let scope = Scope::new(tx, table, Vec::new(), None)?;
    for (n, part) in parts.iter().enumerate() {
        out.sql.push_str(if n == 0 { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
        part.ask(&scope, n, table, &mut out)?;
        // Of what many share it is enough to know that they are too many.
        if !part.shared().fades() {
            let _ = write!(out.sql, " ORDER BY {}.id DESC", table.name);
        }
        let _ = write!(out.sql, " LIMIT {}) AS part{n}", part.most());
    }
    Ok(out)
}

/// All records of a table that the actor sees and that share one thing, in the order of their ids.
pub(super) fn all_sharing(tx: &Tx<'_>, table: &'static Table, part: &Part) -> Result<Vec<Hit>> {
    let mut out = Statement::new(tx.now);
    part.ask(&Scope::new(tx, table, Vec::new(), None)?, 0, table, &mut out)?;
    let _ = write!(out.sql, " ORDER BY {}.id", table.name);
    hits(tx, &[part], &out)
}

/// Whether records of a table can share it.
pub(super) fn has(table: &Table, shared: Shared) -> bool {
    match shared {
        Shared::Partner | Shared::Family => table.kind == RecordKind::Lead,
        Shared::TaxId => table.kind == RecordKind::Partner,
        _ => true,
    }
}

/// Names of the records of a table that the actor sees, as they are written: of leads the company's, else the contact's. Each is told as
/// it is read.
pub(super) fn names(
    tx: &Tx<'_>,
    table: &'static Table,
    mut read: impl FnMut() -> Result<()>,
) -> Result<Vec<Hit>> {
    let (of, name) = match table.kind {
        RecordKind::Lead => {
            ("lead_text", "COALESCE(lead_text.partner_name, lead_text.contact_name)")
        }
        _ => (table.name, "partner.name"),
    };
    let mut out = Statement::new(tx.now);
    let _ = write!(
        out.sql,
        "SELECT 0, {table}.id, {name}, {table}.active, {state}, {compared} FROM {from} WHERE {joined}{name} IS NOT NULL AND ",
        table = table.name,
        state = state(table),
        compared = compared(table),
        from = from(table, of),
        joined = joined(of),
    );
    Scope::new(tx, table, Vec::new(), None)?.asked.sql_alone(&mut out)?;
    tx.rows(&out.sql, &out.params, |line| {
        read()?;
        Hit::read(Shared::Name, line)
    })
}

/// The records of a table that the actor sees and that share a value of one thing with another record. Each is told as it is read.
pub(super) fn shared_by_many(
    tx: &Tx<'_>,
    table: &'static Table,
    shared: Shared,
    mut read: impl FnMut() -> Result<()>,
) -> Result<Vec<Hit>> {
    let (of, value, key) = place(table, shared);
    let key = match shared {
        Shared::Domain => format!("substr({value}, instr({value}, '@') + 1)"),
        _ => key,
    };
    let present = match shared {
        Shared::Partner => format!("{key} IS NOT NULL"),
        _ => format!("{}{value} IS NOT NULL", channel(table, shared)),
    };
    let mut out = Statement::new(tx.now);
    let _ = write!(
        out.sql,
        "SELECT 0, {name}.id, {value}, {name}.active, {state}, {compared} \
         FROM (SELECT {key} AS shared FROM {of} WHERE {present} GROUP BY {key} HAVING COUNT(*) > 1) AS many \
         CROSS JOIN {from} WHERE {joined}{present} AND {key} = many.shared AND ",
        name = table.name,
        state = state(table),
        compared = if shared.is_of_a_floor() { compared(table) } else { "CAST(NULL AS TEXT)" },
        from = from(table, of),
        joined = joined(of),
    );
    Scope::new(tx, table, Vec::new(), None)?.asked.sql_alone(&mut out)?;
    tx.rows(&out.sql, &out.params, |line| {
        read()?;
        Hit::read(shared, line)
    })
}

fn hits(tx: &Tx<'_>, parts: &[&Part], asked: &Statement) -> Result<Vec<Hit>> {
    tx.rows(&asked.sql, &asked.params, |line| {
        let part = usize::try_from(line.int(0)?).ok().and_then(|at| parts.get(at));
        let missing = || Error::bug("a part nobody asked for");
        Hit::read(part.map(|part| part.shared()).ok_or_else(missing)?, line)
    })
}

/// By what a customer is reached, in comparable forms, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    pub(super) emails: Vec<String>,
    pub(super) phones: Vec<String>,
}

/// The contacts of a customer.
pub(super) fn contacts(tx: &Tx<'_>, partner: PartnerId) -> Result<Contacts> {
    let mut found = Contacts::default();
    let sql = "SELECT channel, normalized FROM partner_contact WHERE partner_id = ?1 AND normalized IS NOT NULL ORDER BY id";
    tx.each(sql, &[partner.0.into()], |line| {
        let of = if line.int(0)? == 0 { &mut found.emails } else { &mut found.phones };
        of.push(line.text(1)?.to_owned());
        Ok(())
    })?;
    Ok(found)
}

/// The people and offices of a customer's company, the customer and the company among them, whoever asks; the first
/// [`limit::DUPLICATES`].
pub(super) fn family(tx: &Tx<'_>, partner: i64) -> Result<Vec<i64>> {
    let most = i64::try_from(limit::DUPLICATES).unwrap_or(i64::MAX);
    let depth = i64::try_from(limit::PARENTS).unwrap_or(i64::MAX);
    let params = [partner.into(), depth.into(), most.into()];
    tx.rows(include_str!("family.sql"), &params, |line| line.int(0))
}

/// Those of these customers that stand above or below one, or are it.
pub(super) fn line_of(tx: &Tx<'_>, partner: i64) -> Result<Vec<i64>> {
    let depth = i64::try_from(limit::PARENTS).unwrap_or(i64::MAX);
    let params = [partner.into(), depth.into()];
    tx.rows(include_str!("line_of.sql"), &params, |line| line.int(0))
}

/// The table of a kind that has duplicates.
pub(super) fn table_of(kind: RecordKind) -> Result<&'static Table> {
    match kind {
        RecordKind::Lead | RecordKind::Partner => Ok(record::table(kind)),
        _ => Err(Error::invalid(
            "record",
            format!("record: leads and partners have duplicates, a {} has none", kind.name()),
        )),
    }
}
