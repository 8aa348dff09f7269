//! Numbers of the reference, and laws of the counts.

use proptest::prelude::*;

use super::bayes::Model;
use super::compiled::Compiled;
use super::count::{StageRank, Tally};
use super::evidence::{Evidence, First, Variable, variables};
use super::explain::bayes as explain;
use crate::base::{LeadId, StageId, TeamId};

/// New 1, Qualified 2, Proposition 3, Won 70: ids 1 to 4.
fn stages() -> Vec<StageRank> {
    let rank = |(id, sequence)| StageRank { id: StageId(id), sequence, for_all: true };
    [(4, 70), (1, 1), (2, 2), (3, 3)].map(rank).into()
}

fn fields(names: &[&str]) -> Vec<Variable> {
    variables(names.iter().copied()).unwrap()
}

/// A lead by team, stage and values of the variables from 1 on; `-` is empty.
fn lead(team: Option<i64>, stage: i64, values: &[&str]) -> Evidence {
    let values = values.iter().enumerate().filter(|(_, text)| **text != "-");
    Evidence {
        team_id: team.map(TeamId),
        stage_id: Some(StageId(stage)),
        values: values.map(|(at, text)| (at + 1, (*text).to_owned())).collect(),
        created: First::default(),
    }
}

fn percent(model: &Model, lead: &Evidence) -> String {
    model.score(lead).map_or("none".into(), |chance| format!("{:.2}", chance.percent()))
}

/// Nine closed leads of two teams and of `third`: (team, stage it stood in, country, state, source, won).
fn nine(third: Option<i64>) -> Model {
    let closed = [
        (Some(1), 1, ["0", "0", "0"], false),
        (Some(1), 2, ["1", "1", "1"], false),
        (Some(1), 3, ["2", "2", "2"], true),
        (Some(2), 3, ["0", "1", "1"], false),
        (Some(2), 2, ["0", "1", "2"], false),
        (Some(2), 1, ["0", "2", "2"], true),
        (third, 3, ["1", "1", "1"], true),
        (third, 1, ["0", "1", "0"], false),
        (third, 1, ["1", "2", "2"], false),
    ];
    let mut model =
        Model::new(&fields(&["country_code", "state_code", "source_id", "email_state"]), stages());
    for (team, stage, [country, state, source], won) in closed {
        let stage = if won { 4 } else { stage };
        model.count(&lead(team, stage, &[country, state, source, ""]), Tally::one(won, 1));
    }
    model
}

#[test]
fn two_teams_score_as_the_reference_says() {
    let model = nine(None);
    assert_eq!(percent(&model, &lead(Some(1), 2, &["0", "1", "2", ""])), "33.49");
    assert_eq!(percent(&model, &lead(Some(2), 2, &["0", "1", "2", ""])), "7.74");
}

#[test]
fn without_a_known_team_the_tenths_of_all_teams_add_up() {
    let values = ["0", "1", "2", ""];
    for team in [None, Some(99)] {
        assert_eq!(percent(&nine(None), &lead(team, 2, &values)), "35.19");
    }
    assert_eq!(percent(&nine(Some(3)), &lead(Some(3), 2, &values)), "35.09");
}

/// A hundred leads of one team, by e-mail state and tags A, B and C; B was counted on 49 of them.
fn hundred() -> Model {
    let mut model = Model::new(&fields(&["email_state", "tag_ids"]), stages());
    for n in 0..100 {
        let won = n < 40;
        let at = if won { n } else { n - 40 };
        let stage = match (won, at) {
            (true, _) => 4,
            (false, ..30) => 1,
            (false, ..50) => 2,
            _ => 3,
        };
        let email = if at < if won { 25 } else { 20 } { "correct" } else { "" };
        let limits = if won { [30, 40, 40] } else { [20, 9, 20] };
        let mut evidence = lead(Some(1), stage, &[email]);
        let tags = ["A", "B", "C"].iter().zip(limits).filter(|(_, limit)| at < *limit);
        evidence.values.extend(tags.map(|(tag, _)| (2, (*tag).to_owned())));
        model.count(&evidence, Tally::one(won, 1));
    }
    model
}

fn tagged(stage: i64, email: &str, tags: &[&str]) -> Evidence {
    let mut evidence = lead(Some(1), stage, &[email]);
    evidence.values.extend(tags.iter().map(|tag| (2, (*tag).to_owned())));
    evidence
}

#[test]
fn tags_are_believed_from_fifty_leads_on() {
    let mut model = hundred();
    let chance = percent(&model, &tagged(2, "", &["A", "B", "C"]));
    assert_eq!(chance, percent(&model, &tagged(2, "", &["A", "C"])), "49 leads do not count");
    assert_eq!(chance, "42.40");
    assert_eq!(percent(&model, &tagged(2, "correct", &["A"])), "68.12");
    assert_eq!(percent(&model, &tagged(1, "", &[])), "27.34");
    model.add(Some(TeamId(1)), 2, "B", Tally::one(true, 1));
    assert_ne!(percent(&model, &tagged(2, "", &["A", "B", "C"])), chance, "the fiftieth counts");
}

#[test]
fn unknown_values_say_nothing_and_empty_states_do() {
    let model = hundred();
    let plain = percent(&model, &lead(Some(1), 2, &["-"]));
    assert_eq!(percent(&model, &lead(Some(1), 2, &["incorrect"])), plain);
    assert_ne!(percent(&model, &lead(Some(1), 2, &[""])), plain);
}

#[test]
fn what_cannot_be_judged_has_no_score() {
    let variables = fields(&[]);
    let mut model = Model::new(&variables, stages());
    assert_eq!(percent(&model, &lead(None, 1, &[])), "none", "nothing counted");
    model.count(&lead(Some(1), 2, &[]), Tally::one(false, 1));
    assert_eq!(percent(&model, &lead(Some(1), 1, &[])), "8.33", "0.1 against 1.1");
    assert_eq!(percent(&model, &Evidence { stage_id: None, ..lead(Some(1), 1, &[]) }), "none");

    let of_team = |stage: StageRank| StageRank { for_all: false, ..stage };
    let mut model = Model::new(&variables, stages().into_iter().map(of_team).collect());
    model.count(&lead(Some(1), 4, &[]), Tally::one(true, 1));
    model.count(&lead(Some(1), 1, &[]), Tally::one(false, 1));
    assert_eq!(percent(&model, &lead(Some(1), 1, &[])), "none", "no stage is every team's");
}

#[test]
fn a_chance_is_kept_off_the_ends() {
    let mut model = Model::new(&fields(&["lang"]), stages());
    for _ in 0..20_000 {
        model.count(&lead(None, 4, &["fr"]), Tally::one(true, 1));
        model.count(&lead(None, 3, &["de"]), Tally::one(false, 1));
    }
    assert_eq!(percent(&model, &lead(None, 1, &["fr"])), "99.99");
    assert_eq!(percent(&model, &lead(None, 1, &["de"])), "0.01");
}

#[test]
fn stage_counts_are_cumulated_when_read() {
    let mut model = hundred();
    let row = |model: &Model, stage: &str| {
        let shown = model.shown();
        shown.iter().find(|(_, at, text, _)| *at == 0 && *text == stage).map(|row| row.3)
    };
    assert_eq!(row(&model, "1"), Some(Tally { won: 401, lost: 601 }));
    assert_eq!(row(&model, "2"), Some(Tally { won: 401, lost: 301 }));
    assert_eq!(row(&model, "3"), Some(Tally { won: 401, lost: 101 }));
    assert_eq!(row(&model, "4"), Some(Tally { won: 401, lost: 1 }));
    model.count(&lead(None, 2, &[]), Tally::one(false, 1));
    let alone = model.shown().into_iter().filter(|row| row.0.is_none()).count();
    assert_eq!(alone, 2, "rows that nothing was counted on do not exist");
}

#[test]
fn an_explanation_adds_up() {
    let (model, variables) = (hundred(), fields(&["email_state", "tag_ids"]));
    let evidence = tagged(2, "", &["A", "B", "C"]);
    let why = explain(&model, &variables, LeadId(5), &evidence);
    assert_eq!(Some(why.probability), model.score(&evidence));
    let sum = why.base_log_odds + why.rows.iter().map(|row| row.log_odds).sum::<f64>();
    let chance = why.probability.percent().to_string().parse::<f64>().unwrap() / 100.0;
    assert!((sum - (chance / (1.0 - chance)).ln()).abs() < 5e-4, "{sum} {chance}");
    assert!((why.base_log_odds - (why.base / (1.0 - why.base)).ln()).abs() < 1e-12);
    let rows: Vec<_> =
        why.rows.iter().map(|row| (row.variable.as_str(), row.value.as_str())).collect();
    let tags = [("tag_ids", "A"), ("tag_ids", "B"), ("tag_ids", "C")];
    assert_eq!(rows, [&[("stage_id", "2"), ("email_state", "")][..], &tags].concat());
    let rare = &why.rows[3];
    assert_eq!((rare.log_odds, rare.points, rare.share), (0.0, 0.0, 0.5), "it is not believed");
    for row in &why.rows {
        let without = 1.0 / (1.0 + (row.log_odds - sum).exp());
        assert!((row.points - (chance - without) * 100.0).abs() < 0.02, "{row:?}");
    }
    let stage = &why.rows[0];
    assert_eq!(
        (stage.won_count.to_string(), stage.lost_count.to_string()),
        ("40.1".into(), "30.1".into())
    );
    assert!((stage.share - (1.0 - 30.1 / 60.1)).abs() < 1e-12, "the stage's share is 1 − pL");
    let email = (15.1 / 40.2) / (15.1 / 40.2 + 40.1 / 60.2);
    assert!((why.rows[1].share - email).abs() < 1e-12);
}

#[test]
fn an_explanation_of_nothing_says_so() {
    let variables = fields(&["lang"]);
    let why =
        explain(&Model::new(&variables, stages()), &variables, LeadId(1), &lead(None, 1, &["fr"]));
    assert_eq!((why.probability.ppm(), why.source.word(), why.rows.len()), (0, "none", 0));
}

prop_compose! {
    fn closed()(team in 0..4_i64, stage in 1..5_i64, lang in 0..3_usize, source in 0..3_usize,
                tags in proptest::collection::vec(0..3_usize, 0..3), won in any::<bool>())
        -> (Evidence, bool) {
        let text = ["-", "a", "b", "c"];
        let mut evidence = lead((team > 0).then_some(team), stage, &[text[lang], text[source]]);
        evidence.values.extend(tags.into_iter().map(|tag| (3, text[tag + 1].to_owned())));
        (evidence, won)
    }
}

proptest! {
    #[test]
    fn taking_back_leaves_no_trace(
        keep in proptest::collection::vec(closed(), 0..120),
        gone in proptest::collection::vec(closed(), 0..60),
    ) {
        let variables = fields(&["lang", "source_id", "tag_ids"]);
        let mut live = Model::new(&variables, stages());
        for (evidence, won) in gone.iter().chain(&keep) {
            live.count(evidence, Tally::one(*won, 1));
        }
        for (evidence, won) in &gone {
            live.count(evidence, Tally::one(*won, -1));
        }
        let mut fresh = Model::new(&variables, stages());
        let counters: Vec<_> = live.counters().map(|(t, v, x, n)| (t, v, x.to_owned(), n)).collect();
        fresh.load(counters.iter().rev().map(|(t, v, x, n)| (*t, *v, x.as_str(), *n)));
        let compiled = Compiled::new(&live);
        for (evidence, _) in keep.iter().chain(&gone) {
            let expect = fresh.score(evidence);
            prop_assert_eq!(live.score(evidence), expect);
            let mut codes = vec![(0, live.words(0).code(&evidence.stage_id.unwrap().to_string()).unwrap())];
            codes.extend(evidence.values.iter().filter_map(|(at, text)| Some((*at, live.words(*at).code(text)?))));
            let sheet = compiled.sheet(evidence.team_id);
            let chance = sheet.map(|sheet| super::bayes::probability(sheet.log_odds(&codes)));
            prop_assert_eq!(chance, expect, "the tables say what the model says");
        }
    }
}
