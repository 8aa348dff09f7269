//! Reads the folder of a sales history and mends what is known to be misspelt. README.md lists its columns.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use crm_core::Date;
use rust_decimal::Decimal;

use crate::Result;

/// What people write, and what they mean.
const SPELLINGS: [(&str, &str); 3] =
    [("GTXPro", "GTX Pro"), ("technolgy", "technology"), ("Philipines", "Philippines")];

/// Open stages of a folder that has no `stages.csv`.
const STAGES: [&str; 2] = ["Prospecting", "Engaging"];

/// Someone who sells.
pub(crate) struct Agent {
    pub(crate) name: String,
    pub(crate) manager: String,
    pub(crate) office: String,
}

/// A customer.
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) sector: String,
    pub(crate) country: String,
    pub(crate) parent: String,
}

/// Whether a deal is still open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Open,
    Won,
    Lost,
}

/// One deal, cleaned.
pub(crate) struct Deal {
    pub(crate) id: String,
    pub(crate) agent: String,
    pub(crate) product: String,
    pub(crate) account: String,
    pub(crate) outcome: Outcome,
    /// The stage it stands in, or was lost in.
    pub(crate) stage: String,
    pub(crate) engaged: Option<Date>,
    pub(crate) closed: Option<Date>,
    pub(crate) expected: Option<Date>,
    pub(crate) value: Decimal,
    pub(crate) source: String,
    pub(crate) priority: String,
    pub(crate) lost_reason: String,
}

/// A whole history.
pub(crate) struct History {
    pub(crate) stages: Vec<String>,
    pub(crate) agents: Vec<Agent>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) deals: Vec<Deal>,
    /// What was mended, and how often.
    pub(crate) mended: BTreeMap<String, u64>,
    /// Median days from first contact to winning.
    pub(crate) usual_days: i64,
    /// Whether `usual_days` stands in for expected closing dates.
    pub(crate) dates_guessed: bool,
    /// Known chances by deal, in percent, of a world that was made up.
    pub(crate) truth: BTreeMap<String, f64>,
    /// The day after the last thing that happened.
    pub(crate) today: Date,
}

/// Reads and cleans a folder.
pub(crate) fn read(folder: &Path) -> Result<History> {
    let mut mended = BTreeMap::new();
    let mut table = |name: &str| Table::read(folder, name, &mut mended);
    let (accounts, products) = (table("accounts.csv")?, table("products.csv")?);
    let (teams, pipeline) = (table("sales_teams.csv")?, table("sales_pipeline.csv")?);
    let stages = if folder.join("stages.csv").exists() {
        let stages = table("stages.csv")?;
        (0..stages.rows.len()).map(|row| stages.cell(row, "stage")).collect::<Result<_>>()?
    } else {
        STAGES.map(str::to_owned).to_vec()
    };
    let truth = if folder.join("truth.csv").exists() {
        let truth = table("truth.csv")?;
        let chance = |row| {
            Ok((truth.cell(row, "opportunity_id")?, truth.cell(row, "win_probability")?.parse()?))
        };
        (0..truth.rows.len()).map(chance).collect::<Result<_>>()?
    } else {
        BTreeMap::new()
    };
    let prices = prices(&products)?;
    let mut deals = deals(&pipeline, &prices, &stages)?;
    let usual_days = usual_days(&deals);
    let dates_guessed = !pipeline.has("expected_close_date");
    if dates_guessed {
        for deal in deals.iter_mut().filter(|deal| deal.outcome == Outcome::Open) {
            deal.expected = deal.engaged.map(|day| day.plus_days(usual_days));
        }
    }
    let last = deals.iter().flat_map(|deal| [deal.engaged, deal.closed]).flatten().max();
    let today = last.ok_or("sales_pipeline.csv: no deal has a date")?.plus_days(1);
    let (agents, accounts) = (agents(&teams)?, self::accounts(&accounts)?);
    Ok(History { stages, agents, accounts, deals, mended, usual_days, dates_guessed, truth, today })
}

fn prices(products: &Table) -> Result<HashMap<String, Decimal>> {
    let price = |row| {
        let price = products.cell(row, "sales_price")?;
        Ok((
            products.cell(row, "product")?,
            price.parse().map_err(|_| products.wrong(row, "sales_price"))?,
        ))
    };
    (0..products.rows.len()).map(price).collect()
}

fn agents(teams: &Table) -> Result<Vec<Agent>> {
    let agent = |row| {
        Ok(Agent {
            name: teams.cell(row, "sales_agent")?,
            manager: teams.cell(row, "manager")?,
            office: teams.cell(row, "regional_office")?,
        })
    };
    (0..teams.rows.len()).map(agent).collect()
}

/// Parents before their subsidiaries, so that a customer's parent is there when it is named.
fn accounts(table: &Table) -> Result<Vec<Account>> {
    let account = |row| {
        Ok(Account {
            name: table.cell(row, "account")?,
            sector: table.cell(row, "sector")?,
            country: table.cell(row, "office_location")?,
            parent: table.optional(row, "subsidiary_of"),
        })
    };
    let mut accounts = (0..table.rows.len()).map(account).collect::<Result<Vec<_>>>()?;
    accounts.sort_by_key(|account| !account.parent.is_empty());
    Ok(accounts)
}

fn deals(table: &Table, prices: &HashMap<String, Decimal>, stages: &[String]) -> Result<Vec<Deal>> {
    (0..table.rows.len()).map(|row| deal(table, row, prices, stages)).collect()
}

fn deal(
    table: &Table,
    row: usize,
    prices: &HashMap<String, Decimal>,
    stages: &[String],
) -> Result<Deal> {
    let said = table.cell(row, "deal_stage")?;
    let outcome = match said.to_lowercase().as_str() {
        "won" => Outcome::Won,
        "lost" => Outcome::Lost,
        _ => Outcome::Open,
    };
    let stage = match outcome {
        Outcome::Open => Some(said),
        Outcome::Won => Some("Won".to_owned()),
        Outcome::Lost => table.some(row, "last_stage").or_else(|| stages.last().cloned()),
    };
    let stage = stage.ok_or_else(|| table.wrong(row, "deal_stage"))?;
    if outcome != Outcome::Won && !stages.contains(&stage) {
        return Err(table.wrong(row, "deal_stage"));
    }
    let product = table.cell(row, "product")?;
    let listed = prices.get(&product).copied();
    let expected = table.decimal(row, "expected_value")?.or(listed).unwrap_or_default();
    let paid = table.decimal(row, "close_value")?;
    Ok(Deal {
        id: table.cell(row, "opportunity_id")?,
        agent: table.cell(row, "sales_agent")?,
        account: table.cell(row, "account")?,
        engaged: table.date(row, "engage_date")?,
        closed: table.date(row, "close_date")?.filter(|_| outcome != Outcome::Open),
        expected: table.date(row, "expected_close_date")?,
        value: if outcome == Outcome::Won { paid.unwrap_or(expected) } else { expected },
        source: table.optional(row, "source"),
        priority: table.optional(row, "priority"),
        lost_reason: table.optional(row, "lost_reason"),
        outcome,
        stage,
        product,
    })
}

/// Median days from first contact to winning.
fn usual_days(deals: &[Deal]) -> i64 {
    let mut days: Vec<i64> = deals
        .iter()
        .filter(|deal| deal.outcome == Outcome::Won)
        .filter_map(|deal| Some(deal.closed?.days() - deal.engaged?.days()))
        .collect();
    days.sort_unstable();
    days.get(days.len() / 2).copied().unwrap_or(0)
}

/// One file: cells by column name, trimmed and mended.
struct Table {
    file: String,
    columns: HashMap<String, usize>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(folder: &Path, file: &str, mended: &mut BTreeMap<String, u64>) -> Result<Self> {
        let path = folder.join(file);
        let mut reader = csv::Reader::from_path(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let names = reader.headers()?.iter().map(|name| name.trim_start_matches('\u{feff}').trim());
        let columns = names.enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| format!("{}: {error}", path.display()))?;
            rows.push(record.iter().map(|cell| mend(cell.trim(), mended)).collect());
        }
        Ok(Self { file: file.to_owned(), columns, rows })
    }

    fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// A cell of a column that must be there.
    fn cell(&self, row: usize, column: &str) -> Result<String> {
        if !self.has(column) {
            return Err(format!("{}: there is no column {column:?}", self.file).into());
        }
        Ok(self.optional(row, column))
    }

    /// A cell of a column that may be missing.
    fn optional(&self, row: usize, column: &str) -> String {
        let at = self.columns.get(column);
        at.and_then(|at| self.rows[row].get(*at)).cloned().unwrap_or_default()
    }

    fn some(&self, row: usize, column: &str) -> Option<String> {
        Some(self.optional(row, column)).filter(|cell| !cell.is_empty())
    }

    fn date(&self, row: usize, column: &str) -> Result<Option<Date>> {
        let date = self.some(row, column).map(|cell| Date::parse(&cell));
        date.transpose().map_err(|_| self.wrong(row, column))
    }

    fn decimal(&self, row: usize, column: &str) -> Result<Option<Decimal>> {
        let number = self.some(row, column).map(|cell| cell.parse());
        number.transpose().map_err(|_| self.wrong(row, column))
    }

    fn wrong(&self, row: usize, column: &str) -> Box<dyn std::error::Error> {
        let cell = self.optional(row, column);
        format!("{}, row {}: {column} cannot be {cell:?}", self.file, row + 1).into()
    }
}

fn mend(cell: &str, mended: &mut BTreeMap<String, u64>) -> String {
    let Some((wrong, right)) = SPELLINGS.iter().find(|(wrong, _)| *wrong == cell) else {
        return cell.to_owned();
    };
    *mended.entry(format!("{wrong} → {right}")).or_default() += 1;
    (*right).to_owned()
}
