//! The world's facts, and what they do to a deal's chance: the known truth.
//!
//! A deal stands in a stage for a while, then either moves on or is lost. The chance of moving on depends on the stage and on named
//! fields, never on how long it stood there; so the chance of winning is the product over the stages still ahead, whatever its age.

/// The open stages, with the log-odds of moving on and the mean days of standing there (beside three).
pub(crate) const STAGES: [(&str, f64, f64); 4] = [
    ("Prospecting", 0.55, 12.0),
    ("Engaging", 0.95, 20.0),
    ("Proposing", 1.25, 25.0),
    ("Negotiating", 1.9, 14.0),
];

/// Where deals come from: share, effect.
pub(crate) const SOURCES: [(&str, f64, f64); 6] = [
    ("Referral", 0.14, 0.7),
    ("Partner", 0.12, 0.4),
    ("Website", 0.30, 0.0),
    ("Trade fair", 0.12, -0.1),
    ("Newsletter", 0.14, -0.3),
    ("Cold call", 0.18, -0.7),
];

/// Sectors of the accounts: effect.
pub(crate) const SECTORS: [(&str, f64); 8] = [
    ("health care", 0.35),
    ("manufacturing", 0.2),
    ("logistics", 0.1),
    ("education", 0.0),
    ("retail", -0.05),
    ("finance", -0.1),
    ("hospitality", -0.2),
    ("public sector", -0.35),
];

/// Countries of the accounts: share, effect.
pub(crate) const COUNTRIES: [(&str, f64, f64); 7] = [
    ("Germany", 0.34, 0.15),
    ("Austria", 0.14, 0.15),
    ("France", 0.16, 0.0),
    ("Netherlands", 0.12, 0.05),
    ("Poland", 0.10, -0.1),
    ("Italy", 0.08, -0.15),
    ("Spain", 0.06, -0.2),
];

/// Products: series, list price, share, effect, how long a sale takes.
pub(crate) const PRODUCTS: [(&str, &str, u32, f64, f64, f64); 6] = [
    ("Desk Starter", "Desk", 480, 0.26, 0.25, 0.6),
    ("Desk Team", "Desk", 1_900, 0.24, 0.1, 0.8),
    ("Store Basic", "Store", 3_200, 0.18, 0.0, 1.0),
    ("Store Plus", "Store", 6_500, 0.14, -0.05, 1.1),
    ("Fleet", "Fleet", 14_000, 0.12, -0.2, 1.4),
    ("Fleet Enterprise", "Fleet", 38_000, 0.06, -0.4, 1.8),
];

/// What the salesperson thinks of it (`priority` 0–3): share, effect.
pub(crate) const PRIORITIES: [(f64, f64); 4] =
    [(0.45, -0.2), (0.33, 0.05), (0.16, 0.35), (0.06, 0.6)];

/// How strongly a salesperson's skill (mean 0, deviation 1) counts.
pub(crate) const SKILL: f64 = 0.3;

/// Regional offices and their managers.
pub(crate) const OFFICES: [(&str, &str); 4] = [
    ("North", "Ingrid Solberg"),
    ("East", "Marek Nowak"),
    ("South", "Chiara Conti"),
    ("West", "Pieter de Vries"),
];

/// Who sells, six to an office.
pub(crate) const AGENTS: [&str; 24] = [
    "Anna Adler",
    "Ben Bauer",
    "Carla Costa",
    "David Dubois",
    "Elena Eriksson",
    "Farid Fontaine",
    "Grace Garcia",
    "Hugo Hansen",
    "Ines Ito",
    "Jakub Janssen",
    "Karin Kowalski",
    "Liam Lopez",
    "Marta Meyer",
    "Noah Novak",
    "Olga Oliveira",
    "Pavel Petrov",
    "Quentin Quist",
    "Rosa Rossi",
    "Stefan Schmidt",
    "Tara Tanaka",
    "Uma Ulrich",
    "Viktor Vargas",
    "Wanda Weber",
    "Yara Yilmaz",
];

/// First and second words of account names.
pub(crate) const FIRST: [&str; 26] = [
    "Alpine", "Baltic", "Cedar", "Delta", "Ember", "Falcon", "Granite", "Harbor", "Indigo", "Jade",
    "Keystone", "Lumen", "Meridian", "North", "Orchid", "Pioneer", "Quartz", "River", "Summit",
    "Tidal", "Umbra", "Vector", "Willow", "Xenon", "Yellow", "Zenith",
];
pub(crate) const SECOND: [&str; 23] = [
    "Analytics",
    "Bakery",
    "Clinics",
    "Dynamics",
    "Energy",
    "Foods",
    "Garden",
    "Hotels",
    "Imports",
    "Journal",
    "Kitchens",
    "Logistics",
    "Motors",
    "Networks",
    "Optics",
    "Partners",
    "Quarry",
    "Robotics",
    "Systems",
    "Textiles",
    "Utilities",
    "Ventures",
    "Works",
];

/// How many new deals a month brings, beside growth: few in August and December, more before quarters end.
pub(crate) const SEASON: [f64; 12] = [1.0, 1.0, 1.2, 0.95, 1.0, 1.15, 0.8, 0.6, 1.2, 1.1, 1.1, 0.7];

/// How many more deals the second year brings.
pub(crate) const GROWTH: f64 = 1.25;

/// Why deals are lost, with shares in early stages and in late ones.
pub(crate) const REASONS: [(&str, f64, f64); 6] = [
    ("No answer", 0.40, 0.05),
    ("No budget", 0.28, 0.10),
    ("No need", 0.20, 0.05),
    ("Too expensive", 0.04, 0.38),
    ("Competitor", 0.03, 0.30),
    ("Postponed", 0.05, 0.12),
];

/// A deal's chance to move on from an open stage.
pub(crate) fn advance(stage: usize, effects: f64) -> f64 {
    1.0 / (1.0 + (-(STAGES[stage].1 + effects)).exp())
}

/// A deal's chance to be won, standing in a stage.
pub(crate) fn win(stage: usize, effects: f64) -> f64 {
    (stage..STAGES.len()).map(|stage| advance(stage, effects)).product()
}

/// The truth in words, for whoever reads the folder.
pub(crate) fn in_words(seed: u64, skills: &[f64]) -> String {
    let mut text = format!(
        "# The truth of this world (seed {seed})\n\n\
         A deal moves on from a stage with chance 1 / (1 + exp(-(stage + effects))), else it is lost there; the chance of winning is \
         the product over the stages still ahead. How long it stood in a stage says nothing. `truth.csv` has that chance for every \
         open deal.\n\n"
    );
    let mut list = |title: &str, rows: Vec<(String, f64)>| {
        text.push_str(&format!("{title}:"));
        for (name, effect) in rows {
            text.push_str(&format!(" {name} {effect:+.2},"));
        }
        text.pop();
        text.push_str(".\n\n");
    };
    list("stage", STAGES.iter().map(|row| (row.0.to_owned(), row.1)).collect());
    list("source", SOURCES.iter().map(|row| (row.0.to_owned(), row.2)).collect());
    list("sector", SECTORS.iter().map(|row| (row.0.to_owned(), row.1)).collect());
    list("office_location", COUNTRIES.iter().map(|row| (row.0.to_owned(), row.2)).collect());
    list("product", PRODUCTS.iter().map(|row| (row.0.to_owned(), row.4)).collect());
    list("priority", (0_u8..).zip(PRIORITIES).map(|(n, row)| (n.to_string(), row.1)).collect());
    let agents = AGENTS.iter().zip(skills).map(|(name, skill)| ((*name).to_owned(), skill * SKILL));
    list("sales_agent", agents.collect());
    text
}
