//! Weights that learn one outcome at a time: what the model `weighted` turns its counts into a chance with.
//!
//! Two experts look at a lead. The *table* expert adds up what each field's value says by its counts, times a weight per field that
//! is never below zero; so five fields that say the same thing share one voice. The *value* expert has a weight of its own for each
//! value (logistic regression, FTRL-proximal), and one slope per number, by the place of its bin. A third pair of weights and a level
//! mix both in log-odds and recalibrate them; last, the mixture and the running base rate share their trust by what they foretold.
//!
//! Only `+ − × ÷ √ exp ln` of `f64`; the same leads in the same order give the same bytes on one platform. Deliberately absent:
//! unlearning, which counts do exactly and weights need not; storage.

use crate::base::TeamId;

/// Begins each field's weight: between believing counts fully and halving them.
const FIELD_START: f64 = 0.7;
/// How fast field weights and the level move (`AdaGrad`).
const FIELD_RATE: f64 = 0.05;
/// FTRL-proximal's α of the value expert.
const VALUE_RATE: f64 = 0.3;
/// Its pull towards zero, in outcomes.
const VALUE_L2: f64 = 1.0;
/// How fast the mixture moves.
const MIX_RATE: f64 = 0.03;
/// Gradient that mixing weights count as already seen, so that the first outcomes do not throw them about.
const MIX_SEEN: f64 = 1.0;
/// Begins the trust in the base rate and in the mixture.
const TRUST_START: [f64; 2] = [0.2, 0.8];
/// Trust that is shared out again after every outcome, so that neither is ever given up.
const TRUST_SHARED: f64 = 1e-3;
/// Chances are kept this far from 0 and 1 before a logarithm is taken.
pub(crate) const EDGE: f64 = 1e-6;

/// Odds as a logarithm.
pub(crate) fn logit(chance: f64) -> f64 {
    (chance / (1.0 - chance)).ln()
}

/// A chance from its log-odds, kept off 0 and 1.
pub(crate) fn chance(log_odds: f64) -> f64 {
    (1.0 / (1.0 + (-log_odds).exp())).clamp(EDGE, 1.0 - EDGE)
}

/// A weight that moves by `AdaGrad`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Weight {
    /// What it is.
    pub value: f64,
    /// Squared gradients so far.
    pub seen: f64,
}

impl Weight {
    const fn new(value: f64, seen: f64) -> Self {
        Self { value, seen }
    }

    fn step(&mut self, gradient: f64, rate: f64) {
        self.seen += gradient * gradient;
        if self.seen > 0.0 {
            self.value -= rate * gradient / self.seen.sqrt();
        }
    }
}

/// A weight of the value expert: FTRL-proximal, without an L1 term.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Pull {
    /// Gradients so far, corrected for the moves they caused.
    pub sum: f64,
    /// Squared gradients so far.
    pub seen: f64,
}

impl Pull {
    /// The weight it comes to.
    pub(crate) fn weight(self) -> f64 {
        -self.sum / ((1.0 + self.seen.sqrt()) / VALUE_RATE + VALUE_L2)
    }

    pub(crate) fn step(&mut self, gradient: f64) {
        let seen = self.seen + gradient * gradient;
        self.sum += gradient - (seen.sqrt() - self.seen.sqrt()) / VALUE_RATE * self.weight();
        self.seen = seen;
    }
}

/// What one outcome teaches from, as things stood before it entered the tables.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lesson<'l> {
    /// The lead's team.
    pub team: Option<TeamId>,
    /// How much that can tell, 0…1.
    pub team_share: f64,
    /// Whether the team's weight learns from it.
    pub teaches_team: bool,
    /// The running base rate that applies.
    pub base: f64,
    /// By variable: what the tables say of its values, in log-odds against the base rate.
    pub says: &'l [f64],
    /// By variable: the place of its bin, −1…1; 0 for what is no number.
    pub places: &'l [f64],
    /// Its values, by variable and number, with how much each can tell.
    pub telling: &'l [(u32, u32, f64)],
    /// The outcome.
    pub won: bool,
    /// The first variable that learns from it. Where that is not 0, the outcome has taught all else already.
    pub learns_from: usize,
}

/// The weights of one model, but for those of single values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Online {
    /// Level of the table expert.
    pub bias: Weight,
    /// By variable.
    pub fields: Vec<Weight>,
    /// Level of the value expert.
    pub level: Pull,
    /// By variable: slope over a number's bins.
    pub slopes: Vec<Pull>,
    /// How leads are judged that say what they said when they were created.
    pub plain: Mix,
    /// How those are of which a field was changed since.
    pub changed: Mix,
}

/// How the experts and the base rate come to one chance.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mix {
    /// Of the table expert, of the value expert, and a level.
    pub weights: [Weight; 3],
    /// In the base rate, and in the mixture.
    pub trust: [f64; 2],
}

impl Mix {
    const fn new() -> Self {
        let weights =
            [Weight::new(0.5, MIX_SEEN), Weight::new(0.5, MIX_SEEN), Weight::new(0.0, MIX_SEEN)];
        Self { weights, trust: TRUST_START }
    }

    /// Learns from what the experts said, in log-odds.
    fn learn(&mut self, tables: f64, values: f64, base: f64, won: bool) {
        let inputs = [tables, values, 1.0];
        let mixed: f64 =
            self.weights.iter().zip(inputs).map(|(weight, input)| weight.value * input).sum();
        self.trust = trusted(self.trust, base, chance(mixed), won);
        let miss = chance(mixed) - if won { 1.0 } else { 0.0 };
        for (weight, input) in self.weights.iter_mut().zip(inputs) {
            weight.step(miss * input, MIX_RATE);
        }
    }
}

impl Online {
    /// Weights that have learnt nothing.
    pub(crate) fn new(variables: usize) -> Self {
        Self {
            bias: Weight::new(0.0, 0.0),
            fields: vec![Weight::new(FIELD_START, 0.0); variables],
            level: Pull::default(),
            slopes: vec![Pull::default(); variables],
            plain: Mix::new(),
            changed: Mix::new(),
        }
    }

    /// How leads are judged, by whether something of them was changed since their creation.
    pub(crate) const fn mix(&self, is_changed: bool) -> &Mix {
        if is_changed { &self.changed } else { &self.plain }
    }

    /// Log-odds of the mixture before any value is looked at.
    pub(crate) fn start(&self, base: f64, team: f64, is_changed: bool) -> f64 {
        let values = self.level.weight() + team;
        let mix = &self.mix(is_changed).weights;
        mix[0].value * (logit(base) + self.bias.value) + mix[1].value * values + mix[2].value
    }

    /// What a value adds to the log-odds of the mixture.
    pub(crate) fn adds(
        &self,
        variable: usize,
        (says, place, pull): (f64, f64, f64),
        is_changed: bool,
    ) -> f64 {
        let values = pull + place * self.slopes[variable].weight();
        let mix = &self.mix(is_changed).weights;
        mix[0].value * self.fields[variable].value * says + mix[1].value * values
    }

    /// What being of a team adds.
    pub(crate) fn adds_team(&self, pull: f64, is_changed: bool) -> f64 {
        self.mix(is_changed).weights[1].value * pull
    }

    /// Learns from an outcome, given the sum of the value weights of the lead's team and values; answers the gradient that those are to
    /// step by.
    pub(crate) fn learn(&mut self, lesson: &Lesson<'_>, pulls: f64) -> f64 {
        let truth = if lesson.won { 1.0 } else { 0.0 };
        let weighed = self.fields.iter().zip(lesson.says).map(|(weight, says)| weight.value * says);
        let tables = logit(lesson.base) + self.bias.value + weighed.sum::<f64>();
        let sloped =
            self.slopes.iter().zip(lesson.places).map(|(slope, place)| slope.weight() * place);
        let values = self.level.weight() + pulls + sloped.sum::<f64>();
        let from = lesson.learns_from;
        let mix = if from == 0 { &mut self.plain } else { &mut self.changed };
        mix.learn(tables, values, lesson.base, lesson.won);
        let miss = chance(tables) - truth;
        if from == 0 {
            self.bias.step(miss, FIELD_RATE);
        }
        for (weight, says) in self.fields.iter_mut().zip(lesson.says).skip(from) {
            weight.step(miss * says, FIELD_RATE);
            weight.value = weight.value.max(0.0);
        }
        let miss = chance(values) - truth;
        if from == 0 {
            self.level.step(miss);
        }
        for (slope, place) in self.slopes.iter_mut().zip(lesson.places).skip(from) {
            if *place != 0.0 {
                slope.step(miss * place);
            }
        }
        miss
    }

    /// As stored: a line per weight that has learnt, its name and numbers that read back as the very same bits.
    pub(crate) fn to_text(&self, names: &[impl AsRef<str>]) -> String {
        use std::fmt::Write as _;
        let mut text = String::new();
        let mut line = |name: &str, numbers: &[f64]| {
            text.push_str(name);
            for number in numbers {
                // Writing to a string cannot fail.
                let _ = write!(text, "\t{number:e}");
            }
            text.push('\n');
        };
        line("bias", &[self.bias.value, self.bias.seen]);
        line("level", &[self.level.sum, self.level.seen]);
        for (name, mix) in [("", &self.plain), (" changed", &self.changed)] {
            let weights = mix.weights.map(|weight| [weight.value, weight.seen]);
            line(&format!("mix{name}"), &weights.concat());
            line(&format!("trust{name}"), &mix.trust);
        }
        for (name, (weight, slope)) in names.iter().zip(self.fields.iter().zip(&self.slopes)) {
            if *weight != Weight::new(FIELD_START, 0.0) || *slope != Pull::default() {
                line(
                    &format!(".{}", name.as_ref()),
                    &[weight.value, weight.seen, slope.sum, slope.seen],
                );
            }
        }
        text
    }

    /// The mixture that a stored name speaks of.
    fn mix_of(&mut self, name: &str) -> &mut Mix {
        if name.ends_with(" changed") { &mut self.changed } else { &mut self.plain }
    }

    /// From its stored form; what is missing there has learnt nothing.
    pub(crate) fn from_text(text: &str, names: &[impl AsRef<str>]) -> Self {
        let mut online = Self::new(names.len());
        for line in text.lines() {
            let mut parts = line.split('\t');
            let name = parts.next().unwrap_or_default();
            let numbers: Vec<f64> = parts.filter_map(|number| number.parse().ok()).collect();
            if numbers.iter().any(|number| !number.is_finite()) {
                continue;
            }
            match (name, numbers.as_slice()) {
                ("bias", [value, seen]) => online.bias = Weight::new(*value, *seen),
                ("level", [sum, seen]) => online.level = Pull { sum: *sum, seen: *seen },
                ("trust" | "trust changed", [base, mixture]) => {
                    online.mix_of(name).trust = [*base, *mixture];
                }
                ("mix" | "mix changed", [a, b, c, d, e, f]) => {
                    online.mix_of(name).weights =
                        [(a, b), (c, d), (e, f)].map(|(value, seen)| Weight::new(*value, *seen));
                }
                (name, [value, weighed, sum, seen]) => {
                    let at = name
                        .strip_prefix('.')
                        .and_then(|name| names.iter().position(|known| known.as_ref() == name));
                    if let Some(at) = at {
                        online.fields[at] = Weight::new(*value, *weighed);
                        online.slopes[at] = Pull { sum: *sum, seen: *seen };
                    }
                }
                _ => {}
            }
        }
        online
    }
}

/// Trust, shifted to whoever foretold the outcome better: the base rate or the mixture.
fn trusted(trust: [f64; 2], base: f64, mixture: f64, won: bool) -> [f64; 2] {
    let foretold = |chance: f64| if won { chance } else { 1.0 - chance };
    let earned = [trust[0] * foretold(base), trust[1] * foretold(mixture)];
    let all = earned[0] + earned[1];
    earned.map(|earned| earned / all * (1.0 - TRUST_SHARED) + TRUST_SHARED / 2.0)
}
