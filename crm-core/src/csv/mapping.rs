//! Which column of a file is which field: read before anything else, so that a mistake is found before a row is.
//!
//! A target is a field, `properties.<name>`, `external_id(<system>)`, or a link with what names the linked record:
//! `partner_id.name`, `partner_id.external_id(<system>)`, `user_id.login`. Deliberately absent: guessing which column is meant.

use crate::base::text::nearest;
use crate::base::{Error, FieldKind, RecordKind, Result};
use crate::csv::{ImportOptions, LinkPolicy};
use crate::desk::column::{By, Target};
use crate::property::Definitions;

/// Reads a column's name as that of something to be given.
fn target(text: &str, kind: RecordKind, definitions: &Definitions) -> Result<Target> {
    let target = Target::parse(text, kind, definitions)?;
    if let Target::Link(_, other, By::Field(field)) = &target {
        crate::require!(
            field.kind == FieldKind::Text && field.is_stored(),
            text,
            "{text}: a {} is found by id, external_id(<system>) or a text of its own, not by {:?}",
            other.name(),
            field.name
        );
    }
    Ok(target)
}

/// One column that is read.
#[derive(Debug)]
pub(super) struct Column {
    /// Its header.
    pub(super) header: String,
    /// Its place in the file, from 0.
    pub(super) at: usize,
    /// What it is, as the host wrote it.
    pub(super) text: String,
    /// What it is.
    pub(super) target: Target,
    /// What to do about a linked record that is missing.
    pub(super) policy: LinkPolicy,
}

/// All columns that are read.
#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) columns: Vec<Column>,
    /// Columns of the file, read or not.
    pub(super) width: usize,
}

impl Mapping {
    /// Finds what a host mapped in a file's header. Without a mapping, each header is the field it names.
    pub(super) fn new(
        kind: RecordKind,
        header: &[String],
        mapping: &[(String, String)],
        options: &ImportOptions,
        definitions: &Definitions,
    ) -> Result<Self> {
        let own: Vec<(String, String)>;
        let pairs = if mapping.is_empty() {
            own = header.iter().map(|name| (name.clone(), name.clone())).collect();
            &own
        } else {
            mapping
        };
        let mut columns = Vec::with_capacity(pairs.len());
        for (name, text) in pairs {
            refuse_cards(name, text)?;
            let at = place(header, name, options)?;
            let target = target(text, kind, definitions).map_err(|error| {
                if mapping.is_empty() { apart(error, header, options) } else { error }
            })?;
            let policy = policy(&target, text, options)?;
            columns.push(Column { header: name.clone(), at, text: text.clone(), target, policy });
        }
        if mapping.is_empty() {
            check_ids(&columns)?;
        }
        check_twice(&columns)?;
        check_policies(&columns, options)?;
        Ok(Self { columns, width: header.len() })
    }
}

/// Refuses a column that says it holds the numbers of payment cards: no field is for them, custom ones least of all.
fn refuse_cards(column: &str, target: &str) -> Result<()> {
    const CARDS: [&str; 8] = [
        "cardnumber",
        "creditcard",
        "debitcard",
        "paymentcard",
        "cvv",
        "cvc",
        "primaryaccountnumber",
        "kreditkarte",
    ];
    for name in [column, target] {
        let letters: String =
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        crate::require!(
            !CARDS.iter().any(|card| letters.contains(card)),
            name,
            "{name}: numbers of payment cards are not stored here; leave them with who takes the payment"
        );
    }
    Ok(())
}

/// Says that a header of one column looks as if other characters stood between its cells.
fn apart(error: Error, header: &[String], options: &ImportOptions) -> Error {
    let [only] = header else { return error };
    let other =
        [';', '\t', '|', ','].into_iter().find(|c| *c != options.delimiter && only.contains(*c));
    let Some(other) = other else { return error };
    let hint = format!(
        "{error}; the header looks as if {other:?} stood between its cells: say so by delimiter"
    );
    let field = error.field().unwrap_or("delimiter").to_owned();
    Error::invalid(field, hint)
}

/// The place of a column in a header.
fn place(header: &[String], name: &str, options: &ImportOptions) -> Result<usize> {
    let mut places = header.iter().enumerate().filter(|(_, known)| known.trim() == name.trim());
    let Some((at, _)) = places.next() else {
        let hint = nearest(name, header.iter().map(String::as_str))
            .map_or(String::new(), |near| format!("; did you mean {near:?}?"));
        const SHOWN: usize = 20;
        let mut known: Vec<String> =
            header.iter().take(SHOWN).map(|name| format!("{name:?}")).collect();
        if header.len() > SHOWN {
            known.push(format!("{} more", header.len() - SHOWN));
        }
        let known = known.join(", ");
        let error =
            Error::invalid(name, format!("the file has no column {name:?}{hint}; it has {known}"));
        return Err(apart(error, header, options));
    };
    crate::require!(
        places.next().is_none(),
        name,
        "the file has more than one column {name:?}; give each its own name"
    );
    Ok(at)
}

fn policy(target: &Target, text: &str, options: &ImportOptions) -> Result<LinkPolicy> {
    let Target::Link(field, other, by) = target else { return Ok(LinkPolicy::Error) };
    let policy = options.policy.get(field.name).or_else(|| options.policy.get(text));
    let policy = policy.copied().unwrap_or_default();
    let names = match by {
        By::Id => false,
        By::Field(by) => by.name == "name" || by.name == "login",
        By::External(_) => true,
    };
    let can = names && *other != RecordKind::Lead && *other != RecordKind::TeamMember;
    crate::require!(
        policy != LinkPolicy::Create || can,
        field.name,
        "{text}: a {} can be created from its name or from what a system calls it, not from this",
        other.name()
    );
    Ok(policy)
}

fn check_twice(columns: &[Column]) -> Result<()> {
    for (n, column) in columns.iter().enumerate() {
        let same = |other: &&Column| other.target.field() == column.target.field();
        if let Some(other) = columns[..n].iter().find(same) {
            return Err(Error::invalid(
                column.target.field(),
                format!(
                    "{}: columns {:?} and {:?} are both mapped to it",
                    column.target.field(),
                    other.header,
                    column.header
                ),
            ));
        }
    }
    Ok(())
}

/// An `id` that only a header speaks of is believed beside `create_date`: ids begin at 1 in every database.
fn check_ids(columns: &[Column]) -> Result<()> {
    let has = |name: &str| columns.iter().any(|column| column.target.field() == name);
    crate::require!(
        !has("id") || has("create_date"),
        "id",
        "id: the ids of which database? a create_date beside them tells; or name the field of each column in a mapping, \
         which says that they are this one's; or leave them out"
    );
    Ok(())
}

/// A policy for a link that no column is mapped to would silently do nothing.
fn check_policies(columns: &[Column], options: &ImportOptions) -> Result<()> {
    for name in options.policy.keys() {
        let field = name.split('.').next().unwrap_or(name);
        let links = columns.iter().filter_map(|column| match &column.target {
            Target::Link(field, ..) => Some(field.name),
            _ => None,
        });
        let names: Vec<&str> = links.collect();
        if !names.contains(&field) {
            let hint = nearest(field, names)
                .map_or(String::new(), |near| format!("; did you mean {near:?}?"));
            return Err(Error::invalid(
                name,
                format!("policy: no column is mapped to {name:?}{hint}"),
            ));
        }
    }
    Ok(())
}
