//! Worlds in which leads are changed while they are open: what a change says, beside the stage and the team that say it too.

use super::config::Kind;
use super::count::StageRank;
use super::evidence::{Evidence, First, Was, variables};
use super::weighted::Model;
use crate::base::{StageId, TeamId};

/// Numbers that look random and are the same everywhere.
struct Dice(u64);

impl Dice {
    /// Whether something comes true that does so with this chance.
    fn falls(&mut self, chance: f64) -> bool {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64) < chance
    }
}

fn model(fields: &[&str]) -> Model {
    let rank = |id| StageRank { id: StageId(id), sequence: id, for_all: true };
    Model::new(
        Kind::Weighted,
        &variables(fields.iter().copied()).unwrap(),
        [1, 2, 3].map(rank).into(),
    )
}

/// A lead at a stage, of which the fields were empty at its creation and say this now; they were filled in at these moments.
fn filled_at(moments: &[i64], stage: i64, now: &[&str]) -> Evidence {
    let values = now.iter().enumerate().filter(|(_, text)| !text.is_empty());
    let mut evidence = Evidence {
        stage_id: Some(StageId(stage)),
        values: values.map(|(at, text)| (at + 1, (*text).to_owned())).collect(),
        ..Evidence::default()
    };
    let empty =
        |(at, until): (usize, &i64)| Was { variable: at + 1, until: *until, texts: Vec::new() };
    let values = moments.iter().enumerate().map(empty).collect();
    evidence.set_created(&First { team: None, values });
    evidence
}

/// The same, at once.
fn filled(stage: i64, now: &[&str]) -> Evidence {
    filled_at(&vec![0; now.len()], stage, now)
}

fn learn(model: &mut Model, evidence: &Evidence, won: bool) {
    let codes = model.tables.learn_codes(&model.tables.counted_values(evidence));
    model.learn(&evidence.course(), &codes, won);
}

fn said(model: &Model, evidence: &Evidence) -> f64 {
    model.reasons(evidence).said.probability.ppm() as f64 / 1e6
}

/// Two in five come to the second stage; of those two in five are won, of the others none.
fn by_stage(dice: &mut Dice) -> (bool, bool) {
    let has_come = dice.falls(0.4);
    (has_come, has_come && dice.falls(0.4))
}

/// What is lost stays where it came to; what is won stands last.
const fn closed(has_come: bool, won: bool) -> i64 {
    if won { 3 } else { 1 + has_come as i64 }
}

#[test]
fn what_is_filled_in_on_coming_to_a_stage_says_no_more_than_the_stage() {
    for fields in [&["city"][..], &["city", "function", "website"]] {
        let (mut dice, mut model) = (Dice(3), model(fields));
        let mut met = [[0.0; 2]; 2];
        for _ in 0..3_000 {
            let (has_come, won) = by_stage(&mut dice);
            let side = usize::from(dice.falls(0.5));
            let text = if has_come { ["a", "b"][side] } else { "" };
            met[side][0] += f64::from(u8::from(won));
            met[side][1] += f64::from(u8::from(has_come));
            learn(&mut model, &filled(closed(has_come, won), &vec![text; fields.len()]), won);
        }
        for (text, [won, come]) in ["a", "b"].iter().zip(met) {
            let chance = said(&model, &filled(2, &vec![*text; fields.len()]));
            assert!(
                (chance - won / come).abs() < 0.03,
                "{fields:?} {text}: {chance} {}",
                won / come
            );
        }
        let new = said(&model, &filled(1, &vec![""; fields.len()]));
        assert!((new - 0.16).abs() < 0.02, "{fields:?}: {new}");
    }
}

#[test]
fn what_is_changed_at_any_stage_leaves_the_stage_its_say() {
    let (mut dice, mut model) = (Dice(5), model(&["city", "function"]));
    // The first field is filled in on coming to the second stage; the second one of every other lead, whatever becomes of it.
    for _ in 0..4_000 {
        let (has_come, won) = by_stage(&mut dice);
        let noise = if dice.falls(0.5) { "x" } else { "" };
        let text = if has_come { "a" } else { "" };
        let early = if dice.falls(0.7) { 0 } else { 2 };
        learn(&mut model, &filled_at(&[1, early], closed(has_come, won), &[text, noise]), won);
    }
    for (stage, values, truth) in
        [(1, ["", ""], 0.16), (1, ["", "x"], 0.16), (2, ["a", ""], 0.4), (2, ["a", "x"], 0.4)]
    {
        let chance = said(&model, &filled(stage, &values));
        assert!((chance - truth).abs() < 0.05, "{stage} {values:?}: {chance}, {truth} is true");
    }
}

#[test]
fn a_change_that_means_something_beside_the_stage_is_believed() {
    let (mut dice, mut model) = (Dice(9), model(&["city"]));
    // A good value is given to a third, at the first stage; of those half come on and of them seven in ten are won.
    for _ in 0..4_000 {
        let is_good = dice.falls(1.0 / 3.0);
        let has_come = dice.falls(if is_good { 0.5 } else { 0.3 });
        let won = has_come && dice.falls(if is_good { 0.7 } else { 0.3 });
        let text = if is_good { "good" } else { "bad" };
        learn(&mut model, &filled(closed(has_come, won), &[text]), won);
    }
    for (stage, text, truth) in
        [(1, "good", 0.35), (1, "bad", 0.09), (2, "good", 0.7), (2, "bad", 0.3)]
    {
        let chance = said(&model, &filled(stage, &[text]));
        assert!((chance - truth).abs() < 0.08, "{stage} {text}: {chance}, {truth} is true");
    }
}

/// A lead that began without team.
fn given(team: Option<i64>) -> Evidence {
    let mut evidence =
        Evidence { team_id: team.map(TeamId), stage_id: Some(StageId(1)), ..Evidence::default() };
    evidence.set_created(&First { team: Some((0, None)), values: Vec::new() });
    evidence
}

#[test]
fn a_team_that_is_given_on_the_way_teaches_nothing_of_leads_that_have_none_yet() {
    let (mut dice, mut model) = (Dice(17), model(&["city"]));
    // Half are given to a team, and two in five of those are won; the others are lost without ever having one.
    for _ in 0..3_000 {
        let team = dice.falls(0.5).then_some(1);
        let won = team.is_some() && dice.falls(0.4);
        learn(&mut model, &given(team), won);
    }
    let (new, in_team) = (said(&model, &given(None)), said(&model, &given(Some(1))));
    assert!((new - 0.2).abs() < 0.02, "{new}");
    assert!((in_team - 0.4).abs() < 0.04, "{in_team}");
}
