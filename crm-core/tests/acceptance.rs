//! Plays every case of `tests/acceptance`: the behaviour of the library in a language that all doors share.
//!
//! The language stands in `tests/acceptance/README.md`. `CRM_TEST_URL` opens another target than memory, on a server a schema for each case; `CRM_CASE=won` plays only
//! the cases whose path contains the word and prints each by name.

mod player;
mod target;

use std::collections::BTreeSet;
use std::path::Path;

use player::case::{Case, Step};

/// The verbs of a lead: none without a case.
const VERBS: [&str; 16] = [
    "create",
    "get",
    "find",
    "count",
    "update",
    "move_to",
    "mark_won",
    "mark_lost",
    "reopen",
    "archive",
    "restore",
    "convert",
    "assign_to",
    "copy",
    "delete",
    "history",
];

/// The rules of the specification that cases prove, by number.
const RULES: [&str; 28] = [
    "1", "1.2", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "4", "5.1",
    "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.8", "5.9", "6", "7", "9", "17", "19", "24",
];

/// Plays all cases, each on a target of its own, by as many threads as there are cores; panics with what failed.
fn play_all(target: impl Fn(&str) -> String + Sync) {
    let wanted = std::env::var("CRM_CASE").ok();
    let is_wanted = |name: &str| wanted.as_ref().is_none_or(|word| name.contains(word.as_str()));
    let all = player::case::all();
    let chosen: Vec<_> = all.iter().filter(|(name, _)| is_wanted(name)).collect();
    let played = chosen.len();
    let play = |(name, case): &(String, Result<Case, String>)| {
        let case = case.as_ref().map_err(Clone::clone);
        let outcome = case.and_then(|case| player::play(case, &target(name)));
        if wanted.is_some() {
            println!("{name}: {}", if outcome.is_ok() { "holds" } else { "FAILS" });
        }
        outcome.err().map(|why| format!("{name}\n{why}"))
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut failures: Vec<String> = std::thread::scope(|scope| {
        let (chosen, play) = (&chosen, &play);
        let work = |thread: usize| {
            move || {
                let own = chosen.iter().skip(thread).step_by(threads);
                own.filter_map(|one| play(one)).collect::<Vec<_>>()
            }
        };
        let working: Vec<_> = (0..threads).map(|thread| scope.spawn(work(thread))).collect();
        working.into_iter().flat_map(|one| one.join().expect("a case fails by its word")).collect()
    });
    failures.sort();
    assert!(played > 0, "there are cases to play");
    assert!(
        failures.is_empty(),
        "{} of {played} cases fail:\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn every_case_holds() {
    play_all(|_| target::fresh());
}

#[test]
fn every_case_holds_in_a_file() {
    let folder = player::Folder::new("acceptance");
    play_all(|name| folder.file(&name.replace(['/', '.'], "_")));
}

fn cases() -> Vec<(String, Case)> {
    player::case::all().into_iter().filter_map(|(name, case)| Some((name, case.ok()?))).collect()
}

#[test]
fn every_verb_of_a_lead_has_a_case() {
    let played: BTreeSet<String> = cases()
        .iter()
        .flat_map(|(_, case)| case.steps().collect::<Vec<_>>())
        .filter_map(|step| step.verb.as_deref()?.strip_prefix("leads.").map(str::to_owned))
        .collect();
    let missing: Vec<_> = VERBS.iter().filter(|verb| !played.contains(**verb)).collect();
    assert!(missing.is_empty(), "verbs without a case: {missing:?}");
}

#[test]
fn every_rule_has_a_case() {
    let named: BTreeSet<String> = cases()
        .iter()
        .flat_map(|(_, case)| case.rules().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let missing: Vec<_> = RULES.iter().filter(|rule| !named.contains(**rule)).collect();
    assert!(missing.is_empty(), "rules without a case: {missing:?}");
}

#[test]
fn a_case_is_named_as_a_behaviour_and_says_what_it_expects() {
    for (name, case) in player::case::all() {
        let case = case.unwrap_or_else(|why| panic!("{name}: {why}"));
        let words = Path::new(&name).file_stem().unwrap().to_str().unwrap().split('_').count();
        assert!(
            words >= 3,
            "{name}: a name is a behaviour, such as winning_twice_keeps_the_first_date"
        );
        assert!(case.steps().any(Step::expects), "{name}: it expects nothing");
        assert!(
            case.rules().next().is_some(),
            "{name}: its rule begins with `behaviour <number>:`"
        );
    }
}
