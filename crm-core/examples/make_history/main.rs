//! Writes a sales history that never happened, with a known truth, for `make demo`.
//!
//! `make_history <folder> [deals] [seed]` writes the five files that the demo reads (see README.md), `truth.csv` with every open
//! deal's true chance, and `truth.md` with the formula. Two years end on 2025-12-31; the same arguments give the same bytes.

mod chance;
mod world;

use std::error::Error;
use std::fs;
use std::path::Path;

use chance::Chance;
use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use world::{AGENTS, COUNTRIES, OFFICES, PRIORITIES, PRODUCTS, REASONS, SECTORS, SOURCES, STAGES};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const ACCOUNTS: usize = 150;
const LAST_DAY: (i32, u32, u32) = (2025, 12, 31);
const YEARS: [i32; 2] = [2024, 2025];

struct Account {
    name: String,
    sector: usize,
    country: usize,
}

struct World {
    chance: Chance,
    accounts: Vec<Account>,
    skills: Vec<f64>,
    /// Every working day with its weight.
    days: Vec<NaiveDate>,
    weights: Vec<f64>,
    last_day: NaiveDate,
}

/// Where a deal stands, or how it ended.
enum End {
    Open { stage: usize },
    Lost { stage: usize, on: NaiveDate },
    Won { on: NaiveDate },
}

struct Deal {
    row: u64,
    agent: usize,
    product: usize,
    account: usize,
    source: usize,
    priority: usize,
    expected_value: u32,
    created: NaiveDate,
    effects: f64,
    end: End,
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("make_history <folder> [deals] [seed]")?;
    let deals: u64 = args.next().map_or(Ok(10_000), |text| text.parse())?;
    let seed: u64 = args.next().map_or(Ok(1), |text| text.parse())?;
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let world = World::new(seed)?;
    let deals: Vec<Deal> = (0..deals).map(|row| world.deal(row)).collect();
    write_office(folder, &world)?;
    write_deals(folder, &world, &deals)?;
    write_truth(folder, &deals)?;
    fs::write(folder.join("truth.md"), world::in_words(seed, &world.skills))?;
    println!("{}: {} deals, seed {seed}; the truth is in truth.md", folder.display(), deals.len());
    Ok(())
}

impl World {
    fn new(seed: u64) -> Result<Self> {
        let chance = Chance::new(seed);
        let countries = COUNTRIES.map(|country| country.1);
        let accounts = (0..ACCOUNTS)
            .map(|at| {
                let row = u64::try_from(at)?;
                let second = (at * 5 + at / 26) % world::SECOND.len();
                Ok(Account {
                    name: format!("{} {}", world::FIRST[at * 7 % 26], world::SECOND[second]),
                    sector: chance.below("sector", row, SECTORS.len()),
                    country: chance.weighted("country", row, &countries),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let skills = (0..24).map(|row| chance.normal("skill", row)).collect();
        let first = NaiveDate::from_ymd_opt(YEARS[0], 1, 1).ok_or("no first day")?;
        let (year, month, day) = LAST_DAY;
        let last_day = NaiveDate::from_ymd_opt(year, month, day).ok_or("no last day")?;
        let days: Vec<NaiveDate> =
            first.iter_days().take_while(|day| *day <= last_day).filter(works).collect();
        let weights = days.iter().map(|day| {
            let growth = if day.year() == YEARS[0] { 1.0 } else { world::GROWTH };
            world::SEASON[day.month0() as usize] * growth
        });
        let weights = weights.collect();
        Ok(Self { chance, accounts, skills, days, weights, last_day })
    }

    fn deal(&self, row: u64) -> Deal {
        let chance = &self.chance;
        let product = chance.weighted("product", row, &PRODUCTS.map(|product| product.3));
        let source = chance.weighted("source", row, &SOURCES.map(|source| source.1));
        let priority = chance.weighted("priority", row, &PRIORITIES.map(|priority| priority.0));
        let agent = chance.below("agent", row, AGENTS.len());
        let account = chance.below("account", row, self.accounts.len());
        let created = self.days[chance.weighted("created", row, &self.weights)];
        let effects = SOURCES[source].2
            + SECTORS[self.accounts[account].sector].1
            + COUNTRIES[self.accounts[account].country].2
            + PRODUCTS[product].4
            + PRIORITIES[priority].1
            + world::SKILL * self.skills[agent];
        let pieces = 1 + u32::try_from(chance.below("pieces", row, 4)).unwrap_or(0);
        let expected_value = PRODUCTS[product].2 * pieces;
        let end = self.end(row, created, PRODUCTS[product].5, effects);
        Deal {
            row,
            agent,
            product,
            account,
            source,
            priority,
            expected_value,
            created,
            effects,
            end,
        }
    }

    /// Walks the stages until the deal is lost, won, or the world's last day is over.
    fn end(&self, row: u64, created: NaiveDate, pace: f64, effects: f64) -> End {
        let mut on = created;
        for (stage, (name, _, mean)) in STAGES.into_iter().enumerate() {
            let stays = 3.0 - mean * pace * self.chance.share(&format!("{name}/stays"), row).ln();
            on = working(later(on, stays));
            if on > self.last_day {
                return End::Open { stage };
            }
            if self.chance.share(&format!("{name}/moves"), row) > world::advance(stage, effects) {
                return End::Lost { stage, on };
            }
        }
        End::Won { on }
    }

    /// When its salesperson expects an answer: guessed once, and for most open deals guessed again once that day is over.
    fn expected(&self, deal: &Deal) -> Option<NaiveDate> {
        if self.chance.share("undated", deal.row) < 0.06 {
            return None;
        }
        let usual: f64 = STAGES.iter().map(|stage| 3.0 + stage.2 * PRODUCTS[deal.product].5).sum();
        let guess = later(deal.created, usual * (0.7 + 0.8 * self.chance.share("guess", deal.row)));
        let renewed = self.chance.share("renewed", deal.row) < 0.8;
        let open = matches!(deal.end, End::Open { .. });
        if open && renewed && guess <= self.last_day {
            return Some(later(self.last_day, 5.0 + 80.0 * self.chance.share("again", deal.row)));
        }
        Some(guess)
    }
}

fn works(day: &NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// That day, or the next on which somebody works.
fn working(day: NaiveDate) -> NaiveDate {
    day.iter_days().find(works).unwrap_or(day)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few hundred days, never negative"
)]
fn later(day: NaiveDate, days: f64) -> NaiveDate {
    day.checked_add_days(Days::new(days as u64)).unwrap_or(day)
}

fn write_office(folder: &Path, world: &World) -> Result<()> {
    let mut file = csv::Writer::from_path(folder.join("accounts.csv"))?;
    file.write_record(["account", "sector", "office_location", "subsidiary_of"])?;
    for account in &world.accounts {
        let (sector, country) = (SECTORS[account.sector].0, COUNTRIES[account.country].0);
        file.write_record([account.name.as_str(), sector, country, ""])?;
    }
    file.flush()?;
    let mut file = csv::Writer::from_path(folder.join("products.csv"))?;
    file.write_record(["product", "series", "sales_price"])?;
    for (product, series, price, ..) in PRODUCTS {
        file.write_record([product, series, &price.to_string()])?;
    }
    file.flush()?;
    let mut file = csv::Writer::from_path(folder.join("sales_teams.csv"))?;
    file.write_record(["sales_agent", "manager", "regional_office"])?;
    for (at, agent) in AGENTS.into_iter().enumerate() {
        let (office, manager) = OFFICES[at / 6];
        file.write_record([agent, manager, office])?;
    }
    file.flush()?;
    let mut file = csv::Writer::from_path(folder.join("stages.csv"))?;
    file.write_record(["stage"])?;
    for (stage, ..) in STAGES {
        file.write_record([stage])?;
    }
    Ok(file.flush()?)
}

fn write_deals(folder: &Path, world: &World, deals: &[Deal]) -> Result<()> {
    let mut file = csv::Writer::from_path(folder.join("sales_pipeline.csv"))?;
    file.write_record([
        "opportunity_id",
        "sales_agent",
        "product",
        "account",
        "deal_stage",
        "engage_date",
        "close_date",
        "close_value",
        "expected_value",
        "expected_close_date",
        "source",
        "priority",
        "last_stage",
        "lost_reason",
    ])?;
    for deal in deals {
        let (stage, last, close, value, reason) = match deal.end {
            End::Open { stage } => (STAGES[stage].0, "", None, String::new(), ""),
            End::Won { on } => ("Won", "", Some(on), paid(world, deal), ""),
            End::Lost { stage, on } => {
                let shares = REASONS.map(|reason| if stage < 2 { reason.1 } else { reason.2 });
                let reason = REASONS[world.chance.weighted("reason", deal.row, &shares)].0;
                ("Lost", STAGES[stage].0, Some(on), "0".to_owned(), reason)
            }
        };
        file.write_record([
            &id(deal),
            AGENTS[deal.agent],
            PRODUCTS[deal.product].0,
            &world.accounts[deal.account].name,
            stage,
            &deal.created.to_string(),
            &day(close),
            &value,
            &deal.expected_value.to_string(),
            &day(world.expected(deal)),
            SOURCES[deal.source].0,
            &deal.priority.to_string(),
            last,
            reason,
        ])?;
    }
    Ok(file.flush()?)
}

/// What a won deal brought: the list price, sometimes less.
fn paid(world: &World, deal: &Deal) -> String {
    let rebate = u32::try_from(world.chance.below("rebate", deal.row, 16)).unwrap_or(0);
    (deal.expected_value * (100 - rebate) / 100).to_string()
}

fn write_truth(folder: &Path, deals: &[Deal]) -> Result<()> {
    let mut file = csv::Writer::from_path(folder.join("truth.csv"))?;
    file.write_record(["opportunity_id", "win_probability"])?;
    for deal in deals {
        if let End::Open { stage } = deal.end {
            file.write_record([
                id(deal),
                format!("{:.4}", 100.0 * world::win(stage, deal.effects)),
            ])?;
        }
    }
    Ok(file.flush()?)
}

fn id(deal: &Deal) -> String {
    format!("D{:05}", deal.row + 1)
}

fn day(day: Option<NaiveDate>) -> String {
    day.map_or(String::new(), |day| day.to_string())
}
