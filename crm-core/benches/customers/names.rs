//! Looking for a customer by a name with one letter wrong, beside the engine's own index of three letters each.

use std::time::{Duration, Instant};

use crm_core::duplicate::{DuplicateOf, DuplicateQuery};
use crm_core::{RecordKind, Session, fields};
use rusqlite::Connection;

use crate::world;

/// Names as they are: many first names and surnames, of which some are common; one card in fifty is named as the one after it, and one in
/// a hundred shares half of its name with all of those: the worst case.
pub(crate) fn name(n: usize) -> String {
    const SYLLABLES: [&str; 20] = [
        "ba", "cor", "de", "fal", "gra", "hen", "il", "jo", "ka", "lin", "mo", "nar", "ol", "per",
        "qui", "ros", "sta", "ter", "ul", "ven",
    ];
    if n % 100 == 7 {
        return format!("International Trading Company {}", world::hash(5, n as u64) % 1_000_000);
    }
    let n = if n.is_multiple_of(50) { n + 1 } else { n } as u64;
    let word = |seed: u64, many: u64, length: u32| {
        // The smaller of two draws: early ones are common.
        let at = (world::hash(seed, n) % many).min(world::hash(seed + 1, n) % many);
        let syllable =
            |place: u32| SYLLABLES[(world::hash(seed + 2, at) >> (8 * place)) as usize % 20];
        (0..length).map(syllable).collect::<String>()
    };
    format!("{} {}", word(11, 3_000, 2), word(21, 60_000, 3))
}

/// A name with one mistake that fingers make: a letter replaced, left out, twice, or before the one that it belongs behind.
fn mistyped(name: &str, n: usize) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let places: Vec<usize> = (0..letters.len())
        .filter(|at| {
            letters[*at].is_alphabetic()
                && letters.get(at + 1).is_some_and(|next| next.is_alphabetic())
        })
        .collect();
    let at = places[(world::hash(31, n as u64) as usize) % places.len()];
    match n % 4 {
        0 => letters[at] = if letters[at] == 'z' { 'x' } else { 'z' },
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, letters[at]),
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}

/// The rival: the twenty best by three letters each, of at most twelve such.
struct Trigrams(Connection);

impl Trigrams {
    fn of(cards: usize) -> Self {
        let conn = Connection::open_in_memory().expect("memory");
        conn.execute_batch(
            "CREATE VIRTUAL TABLE card USING fts5 (name, tokenize = 'trigram'); BEGIN",
        )
        .expect("the engine has it");
        let mut insert =
            conn.prepare("INSERT INTO card (rowid, name) VALUES (?1, ?2)").expect("a statement");
        for n in 0..cards {
            insert.execute((n as i64 + 1, name(n))).expect("a row");
        }
        drop(insert);
        conn.execute_batch("COMMIT; INSERT INTO card (card) VALUES ('optimize')")
            .expect("it can be written");
        Self(conn)
    }

    fn find(&self, name: &str) -> Vec<i64> {
        let letters: Vec<char> = name.chars().collect();
        let mut all: Vec<String> = letters
            .windows(3)
            .map(|three| format!("\"{}\"", three.iter().collect::<String>()))
            .collect();
        while all.len() > 12 {
            // Those left are spread over the name.
            let mut n = 0;
            let drop = all.len() / (all.len() - 12);
            all.retain(|_| {
                n += 1;
                n % drop.max(2) != 0
            });
        }
        let sql = "SELECT rowid FROM card WHERE card MATCH ?1 ORDER BY rank LIMIT 20";
        let mut statement = self.0.prepare_cached(sql).expect("a statement");
        let rows = statement.query_map([all.join(" OR ")], |row| row.get(0)).expect("an answer");
        rows.map(|row| row.expect("a row")).collect()
    }
}

/// Mistyped names of cards that there are: how long a look takes, and how often it finds the card.
pub(crate) fn look(s: &Session, size: usize) {
    const TIMES: usize = 401;
    let cards = size / 5;
    let rival = Trigrams::of(cards);
    let card = |n: usize| (n * 7_919) % cards;
    let mut taken = [Vec::new(), Vec::new()];
    let mut found = [0, 0];
    for n in 0..TIMES {
        let typed = mistyped(&name(card(n)), n);
        let wanted = card(n) as i64 + 1;
        let begun = Instant::now();
        let of = DuplicateOf::Candidate(RecordKind::Partner, fields! { name: typed.clone() });
        let ours = s.duplicates().find(&DuplicateQuery::of(of)).expect("a plain draft");
        taken[0].push(begun.elapsed());
        let begun = Instant::now();
        let theirs = rival.find(&typed);
        taken[1].push(begun.elapsed());
        found[0] += usize::from(ours.iter().any(|one| one.record_id == wanted));
        found[1] += usize::from(theirs.contains(&wanted));
    }
    taken.iter_mut().for_each(|times| times.sort_unstable());
    let [ours, theirs]: [Duration; 2] = taken.map(|times| times[TIMES / 2]);
    let of_all = |found: usize| 100.0 * found as f64 / TIMES as f64;
    let what = format!(
        "a mistyped name: {:.1} % found (rival {:.1} %)",
        of_all(found[0]),
        of_all(found[1])
    );
    crate::line(&what, size, ours, theirs, "≤ 0.02, no less found");
}
