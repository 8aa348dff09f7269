//! A seeded world of leads: every value is a function of its column and its row, so that any machine makes the same.

use crm_core::{Date, Fields, Session, StageId, TeamId, UserId, Value, fields};

/// What leads refer to.
pub(crate) struct Office {
    teams: Vec<TeamId>,
    users: Vec<UserId>,
    stages: Vec<StageId>,
    sources: Vec<i64>,
    tags: Vec<i64>,
}

const COUNTRIES: [&str; 12] =
    ["DE", "FR", "NL", "BE", "ES", "IT", "PL", "SE", "AT", "CH", "US", "GB"];
const LANGS: [&str; 6] = ["de_DE", "fr_FR", "nl_NL", "es_ES", "it_IT", "en_US"];
const WORDS: [&str; 24] = [
    "fleet",
    "lease",
    "office",
    "furniture",
    "cloud",
    "migration",
    "pilot",
    "training",
    "support",
    "contract",
    "renewal",
    "audit",
    "budget",
    "decision",
    "meeting",
    "offer",
    "delivery",
    "invoice",
    "partner",
    "demo",
    "price",
    "quote",
    "manager",
    "deadline",
];

/// A number out of a column and a row, the same everywhere (splitmix64).
pub(crate) fn hash(column: u64, row: u64) -> u64 {
    let mut x =
        row.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ column.wrapping_mul(0xD1B5_4A32_D192_ED03);
    for factor in [0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB] {
        x = (x ^ (x >> 30)).wrapping_mul(factor);
    }
    x ^ (x >> 31)
}

fn pick<T: Copy>(column: u64, row: u64, of: &[T]) -> T {
    of[(hash(column, row) % of.len() as u64) as usize]
}

/// Teams, users, stages, sources and tags of the world.
pub(crate) fn office(s: &Session) -> Office {
    let teams = (0..12)
        .map(|n| s.teams().create(fields! { name: format!("Team {n}") }).expect("a team").id)
        .collect();
    let users = (0..80)
        .map(|n| {
            s.users()
                .create(fields! { name: format!("User {n}"), login: format!("u{n}") })
                .expect("a user")
                .id
        })
        .collect();
    for n in 0..2 {
        s.stages()
            .create(fields! { name: format!("Step {n}"), sequence: 10 + n })
            .expect("a stage");
    }
    let stages = s
        .stages()
        .find(&crm_core::Find::all())
        .expect("stages")
        .iter()
        .map(|stage| stage.id)
        .collect();
    let sources = s
        .sources()
        .find(&crm_core::Find::all())
        .expect("sources")
        .iter()
        .map(|source| source.id.0)
        .collect();
    let tags = (0..30)
        .map(|n| s.tags().create(fields! { name: format!("Tag {n}") }).expect("a tag").id.0)
        .collect();
    Office { teams, users, stages, sources, tags }
}

/// Whether lead number `n` is won from the start.
pub(crate) fn is_won(n: u64) -> bool {
    hash(11, n).is_multiple_of(5)
}

/// The fields of lead number `n`.
pub(crate) fn lead(n: u64, office: &Office) -> Fields {
    let h = |column| hash(column, n);
    let team = (h(1) % 12) as usize;
    let user = office.users[(team * 7 + (h(2) % 8) as usize) % 80];
    let person = h(3) % 1_000_000;
    let mut lead = fields! {
        name: format!("{} {} {n}", pick(4, n, &WORDS), pick(5, n, &WORDS)),
        user_id: user,
        team_id: office.teams[team],
        contact_name: format!("Contact {person}"),
        partner_name: format!("Company {}", person % 40_000),
        email_from: format!("contact{person}@company{}.example", person % 40_000),
        priority: (h(6) % 10).saturating_sub(6) as i64,
        expected_revenue: (h(7) % 100_000) as i64,
        country_code: pick(8, n, &COUNTRIES),
        lang: pick(9, n, &LANGS),
        city: format!("City {}", h(10) % 500),
    };
    // One in five is won from the start: the won stage is the last one.
    let won = is_won(n);
    let last = office.stages.len() - 1;
    lead.set("stage_id", office.stages[if won { last } else { (h(12) % last as u64) as usize }]);
    if h(13) % 10 < 9 {
        lead.set("source_id", office.sources[(h(14) % office.sources.len() as u64) as usize]);
    }
    if h(15) % 3 > 0 {
        let days = Date::new(2026, 1, 1).expect("a plain date").plus_days((h(16) % 540) as i64);
        lead.set("date_deadline", days);
    }
    let tags: Vec<i64> =
        (0..h(17) % 3).map(|t| office.tags[(hash(18 + t, n) % 30) as usize]).collect();
    lead.set("tag_ids", Value::Ids(tags));
    let words = 30 + h(21) % 50;
    let text: Vec<&str> = (0..words).map(|w| pick(22 + w, n, &WORDS)).collect();
    lead.set("description", text.join(" "));
    lead
}
