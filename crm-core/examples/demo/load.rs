//! Writes the cleaned tables, named as the library names its fields, and imports them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::path::Path;

use crm_core::{
    ImportOptions, ImportReport, OnError, Progress, PropertyDefinition, PropertyKind, RecordKind,
    Session,
};

use crate::Result;
use crate::folder::{Account, Deal, History, Outcome};

/// Countries of offices, by their ISO code; others stay without one.
const COUNTRIES: [(&str, &str); 20] = [
    ("Austria", "AT"),
    ("Belgium", "BE"),
    ("Brazil", "BR"),
    ("China", "CN"),
    ("France", "FR"),
    ("Germany", "DE"),
    ("Italy", "IT"),
    ("Japan", "JP"),
    ("Jordan", "JO"),
    ("Kenya", "KE"),
    ("Korea", "KR"),
    ("Netherlands", "NL"),
    ("Norway", "NO"),
    ("Panama", "PA"),
    ("Philippines", "PH"),
    ("Poland", "PL"),
    ("Romania", "RO"),
    ("Spain", "ES"),
    ("United Kingdom", "GB"),
    ("United States", "US"),
];

/// Imports a history; what each file brought, in order.
pub(crate) fn import(
    s: &Session,
    history: &History,
    clean: &Path,
) -> Result<Vec<(RecordKind, ImportReport)>> {
    for name in ["Product", "Sector"] {
        s.properties().declare(&PropertyDefinition::new(
            RecordKind::Lead,
            name,
            PropertyKind::Text,
        ))?;
    }
    fs::create_dir_all(clean)?;
    let mut done = Vec::new();
    for (kind, rows) in tables(history) {
        if rows.len() > 1 {
            let path = clean.join(format!("{}.csv", kind.name()));
            let mut file = csv::Writer::from_path(&path)?;
            rows.iter().try_for_each(|row| file.write_record(row))?;
            file.flush()?;
            let options = ImportOptions { on_error: OnError::Abort, ..ImportOptions::default() };
            let mut source = File::open(&path)?;
            let report = s.csv().import(kind, &mut source, &[], &options, &mut Progress::none())?;
            done.push((kind, report));
        }
    }
    Ok(done)
}

type Rows = Vec<Vec<String>>;

/// Every file, in the order in which they refer to each other.
fn tables(history: &History) -> Vec<(RecordKind, Rows)> {
    vec![
        (RecordKind::Stage, stages(history)),
        (RecordKind::Team, teams(history)),
        (RecordKind::User, users(history)),
        (RecordKind::TeamMember, members(history)),
        (RecordKind::Source, names(history, |deal| &deal.source)),
        (RecordKind::LostReason, names(history, |deal| &deal.lost_reason)),
        (RecordKind::Partner, partners(history)),
        (RecordKind::Lead, leads(history)),
    ]
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

fn stages(history: &History) -> Rows {
    let mut rows = vec![row(["name", "sequence", "is_won"])];
    for (at, stage) in (1..).zip(&history.stages) {
        rows.push(row([stage, &i64::to_string(&at), "false"]));
    }
    rows.push(row(["Won", "1000", "true"]));
    rows
}

fn teams(history: &History) -> Rows {
    let offices: BTreeSet<&str> = history.agents.iter().map(|agent| &*agent.office).collect();
    let mut rows = vec![row(["name"])];
    rows.extend(offices.into_iter().map(|office| row([office])));
    rows
}

/// Those who sell, and those who manage them.
fn users(history: &History) -> Rows {
    let mut rows = vec![row(["name", "login", "role"])];
    rows.extend(history.agents.iter().map(|agent| row([&agent.name, &login(&agent.name), "own"])));
    let managers: BTreeSet<&str> = history.agents.iter().map(|agent| &*agent.manager).collect();
    let sells = |name: &str| history.agents.iter().any(|agent| agent.name == name);
    let managers = managers.into_iter().filter(|name| !name.is_empty() && !sells(name));
    rows.extend(managers.map(|name| row([name, &login(name), "team"])));
    rows
}

fn members(history: &History) -> Rows {
    let agents = history.agents.iter().map(|agent| (&*agent.office, &*agent.name));
    let managers = history.agents.iter().map(|agent| (&*agent.office, &*agent.manager));
    let members: BTreeSet<_> =
        agents.chain(managers).filter(|(_, name)| !name.is_empty()).collect();
    let mut rows = vec![row(["team_id.name", "user_id.login"])];
    rows.extend(members.into_iter().map(|(office, name)| row([office, &login(name)])));
    rows
}

fn names(history: &History, of: impl Fn(&Deal) -> &String) -> Rows {
    let names: BTreeSet<&str> = history.deals.iter().map(|deal| of(deal).as_str()).collect();
    let mut rows = vec![row(["name"])];
    rows.extend(names.into_iter().filter(|name| !name.is_empty()).map(|name| row([name])));
    rows
}

fn partners(history: &History) -> Rows {
    let mut rows = vec![row(["name", "is_company", "country_code", "parent_id.name"])];
    for account in &history.accounts {
        rows.push(row([&account.name, "true", country(account), &account.parent]));
    }
    rows
}

fn leads(history: &History) -> Rows {
    let accounts: HashMap<&str, &Account> =
        history.accounts.iter().map(|account| (&*account.name, account)).collect();
    let offices: BTreeMap<&str, &str> =
        history.agents.iter().map(|agent| (&*agent.name, &*agent.office)).collect();
    let mut rows = vec![row([
        "external_id(history)",
        "name",
        "partner_id.name",
        "user_id.login",
        "team_id.name",
        "stage_id.name",
        "won_status",
        "expected_revenue",
        "create_date",
        "date_closed",
        "date_deadline",
        "lost_reason_id.name",
        "source_id.name",
        "priority",
        "country_code",
        "properties.Product",
        "properties.Sector",
    ])];
    for deal in &history.deals {
        let account = accounts.get(deal.account.as_str());
        let office = offices.get(deal.agent.as_str());
        rows.push(row([
            &deal.id,
            &title(deal),
            account.map_or("", |account| &account.name),
            &office.map_or(String::new(), |_| login(&deal.agent)),
            office.copied().unwrap_or(""),
            &deal.stage,
            outcome(deal),
            &deal.value.to_string(),
            &day(deal.engaged),
            &day(deal.closed),
            &day(deal.expected),
            &deal.lost_reason,
            &deal.source,
            &deal.priority,
            account.map_or("", |account| country(account)),
            &deal.product,
            account.map_or("", |account| &account.sector),
        ]));
    }
    rows
}

fn title(deal: &Deal) -> String {
    if deal.account.is_empty() {
        format!("{} ({})", deal.product, deal.id)
    } else {
        format!("{} for {}", deal.product, deal.account)
    }
}

const fn outcome(deal: &Deal) -> &'static str {
    match deal.outcome {
        Outcome::Open => "pending",
        Outcome::Won => "won",
        Outcome::Lost => "lost",
    }
}

fn login(name: &str) -> String {
    name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(".")
}

fn country(account: &Account) -> &'static str {
    COUNTRIES.iter().find(|(name, _)| *name == account.country).map_or("", |(_, code)| code)
}

fn day(day: Option<crm_core::Date>) -> String {
    day.map_or(String::new(), |day| day.to_string())
}
