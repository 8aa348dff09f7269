//! What a model has learnt, as JSON: for inspection, and to judge leads elsewhere.
//!
//! Keys stand in the order of the alphabet, so that the same model gives the same text. Counts are what `frequencies` shows.

use serde_json::{Value, json};

use crate::base::TeamId;
use crate::score::config::Config;
use crate::score::count::Tally;
use crate::score::evidence::{STAGE, Variable};
use crate::score::model::Model;
use crate::score::online::{Mix, Pull};
use crate::score::weighted;

/// The parameters of the model as it stands; of texts, which are words of leads, the values only as `told` says.
pub(crate) fn parameters(
    model: &Model,
    config: &Config,
    told: &dyn Fn(&Variable) -> bool,
) -> Value {
    let (outcomes, weights) = match model {
        Model::Bayes(_) => (of_bayes(model), Value::Null),
        Model::Weighted(model) => (model.tables.total(), weights(model, config, told)),
    };
    json!({
        "model": config.model.word(),
        "fields": config.fields(),
        "start_date": config.start_date.to_string(),
        "won": outcomes.won,
        "lost": outcomes.lost,
        "weights": weights,
    })
}

/// Won and lost of all teams: each lead stands in one stage, if in any.
fn of_bayes(model: &Model) -> Tally {
    let mut all = Tally::default();
    let stages = model.judge().counters().into_iter().filter(|(_, at, _, _)| *at == STAGE);
    stages.for_each(|(_, _, _, tally)| all.add(tally));
    all
}

fn weights(model: &weighted::Model, config: &Config, told: &dyn Fn(&Variable) -> bool) -> Value {
    let online = &model.online;
    let values = |at: usize, told: bool| {
        let pulls = model.all_pulls().filter(move |(own, _, _)| told && *own == at);
        let values = pulls.map(|(_, code, _)| {
            let tally = model.tables.tally(None, at, code);
            let name = model.tables.words(at).text(code).to_owned();
            (name, json!({ "weight": model.pulls(at, code), "won": tally.won, "lost": tally.lost }))
        });
        values.collect::<serde_json::Map<_, _>>()
    };
    let stages = |came: usize| {
        let words = model.tables.words(came);
        let tallies = words.codes().map(|code| (code, model.tables.tally(None, came, code)));
        let met = tallies.filter(|(_, tally)| !tally.is_zero());
        let stages = met.map(|(code, tally)| {
            (words.text(code).to_owned(), json!({ "won": tally.won, "lost": tally.lost }))
        });
        stages.collect::<serde_json::Map<_, _>>()
    };
    let fields = config.variables.iter().enumerate().skip(1).map(|(at, variable)| {
        let told = told(variable);
        let changed = model.tables.changed(at);
        json!({
            "field": variable.name,
            "weight": online.fields[at].value,
            "slope": online.slopes[at].weight(),
            "edges": model.tables.bins()[at].as_ref().map(|bins| bins.edges.clone()),
            "values": values(at, told),
            "changed": {
                "weight": online.fields[changed].value,
                "slope": online.slopes[changed].weight(),
                "values": values(changed, told),
                "stages": stages(model.tables.came(at)),
            },
        })
    });
    let teams = model.all_team_pulls().into_iter();
    let of_team = |(team, _): (TeamId, Pull)| (team.to_string(), json!(model.team_says(team)));
    let mix = |mix: &Mix| {
        let [tables, values, level] = mix.weights.map(|weight| weight.value);
        json!({ "tables": tables, "values": values, "level": level })
    };
    let trust = |mix: &Mix| json!({ "base": mix.trust[0], "mixture": mix.trust[1] });
    json!({
        "bias": online.bias.value,
        "level": online.level.weight(),
        "fields": fields.collect::<Vec<_>>(),
        "teams": teams.map(of_team).collect::<serde_json::Map<_, _>>(),
        "mix": mix(&online.plain),
        "mix_changed": mix(&online.changed),
        "trust": trust(&online.plain),
        "trust_changed": trust(&online.changed),
    })
}
