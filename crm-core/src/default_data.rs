//! What a new file starts with: company 1 always; stages, lost reasons, a team, plans, types of activities, tags and UTM words unless
//! switched off.

use crate::base::{Currency, Fields, Result};
use crate::desk::{Room, create_in};
use crate::fields;
use crate::record::{
    ActivityType, Campaign, Company, LostReason, Medium, RecurringPlan, Source, Stage, Tag, Team,
};
use crate::storage::Tx;

/// Name, sequence, won.
const STAGES: [(&str, i64, bool); 4] =
    [("New", 1, false), ("Qualified", 2, false), ("Proposition", 3, false), ("Won", 70, true)];
const LOST_REASONS: [&str; 3] =
    ["Too expensive", "We don't have people or skills", "Not enough stock"];
/// Name, months.
const PLANS: [(&str, i64); 4] =
    [("Monthly", 1), ("Yearly", 12), ("Over 3 years", 36), ("Over 5 years", 60)];
const TAGS: [&str; 8] =
    ["Product", "Software", "Services", "Information", "Design", "Training", "Consulting", "Other"];
const MEDIUMS: [&str; 10] = [
    "Website",
    "Phone",
    "Direct",
    "Email",
    "Banner",
    "X",
    "Facebook",
    "LinkedIn",
    "Television",
    "Google Adwords",
];
const SOURCES: [&str; 10] = [
    "Search engine",
    "Lead Recall",
    "Newsletter",
    "Facebook",
    "X",
    "LinkedIn",
    "Monster",
    "Glassdoor",
    "Craigslist",
    "Referral",
];
const CAMPAIGNS: [&str; 4] =
    ["Sale", "Christmas Special", "Email Campaign - Services", "Email Campaign - Products"];

/// Name, sequence, category, days until it is due.
const ACTIVITY_TYPES: [(&str, i64, &str, i64); 6] = [
    ("To-Do", 2, "todo", 5),
    ("Email", 10, "email", 0),
    ("Call", 10, "call", 2),
    ("Meeting", 10, "meeting", 0),
    ("Document", 10, "document", 5),
    ("Exception", 10, "other", 0),
];

/// Writes the first data of a new file.
pub(crate) fn write(tx: &mut Tx<'_>, currency: Currency, all: bool) -> Result<()> {
    create::<Company>(tx, fields! { name: "My Company", currency: currency.code() })?;
    if !all {
        return Ok(());
    }
    for (name, sequence, is_won) in STAGES {
        create::<Stage>(tx, fields! { name: name, sequence: sequence, is_won: is_won })?;
    }
    for (at, name) in LOST_REASONS.into_iter().enumerate() {
        create::<LostReason>(tx, fields! { name: name, sequence: i64::try_from(at).unwrap_or(0) })?;
    }
    create::<Team>(tx, fields! { name: "Sales", sequence: 0 })?;
    for (name, months) in PLANS {
        create::<RecurringPlan>(tx, fields! { name: name, number_of_months: months })?;
    }
    for (name, sequence, category, days) in ACTIVITY_TYPES {
        let active = category != "other";
        let fields = fields! { name: name, sequence: sequence, category: category, delay_count: days, active: active };
        create::<ActivityType>(tx, fields)?;
    }
    named::<Tag>(tx, &TAGS)?;
    named::<Medium>(tx, &MEDIUMS)?;
    named::<Source>(tx, &SOURCES)?;
    named::<Campaign>(tx, &CAMPAIGNS)
}

#[expect(clippy::needless_pass_by_value, reason = "the fields are used up")]
fn create<R: Room>(tx: &mut Tx<'_>, fields: Fields) -> Result<R::Id> {
    create_in::<R>(tx, &fields)
}

fn named<R: Room>(tx: &mut Tx<'_>, names: &[&'static str]) -> Result<()> {
    names.iter().try_for_each(|name| create::<R>(tx, fields! { name: *name }).map(drop))
}
