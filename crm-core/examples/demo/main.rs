//! The newcomer's tour: a sales history becomes a database with scores, a board and a forecast.
//!
//! `demo <folder> [target] [url]` reads the folder's CSV files (README.md lists the columns), creates `<target>/pipeline.crm`, or fills the
//! empty schema of a server that a URL names, imports the history with its dates, rebuilds the scores, and prints the board, the forecast and the ten deals worth most. Today is the day
//! after the last thing that happened, so the same folder prints the same text on every day.

mod folder;
mod load;
mod show;
mod truth;

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crm_core::score::ScoreConfig;
use crm_core::{Crm, CrmOptions, Progress, Timestamp};

use folder::History;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("demo <folder> [target] [url]")?;
    let target = args.next().unwrap_or_else(|| "target/demo".to_owned());
    let text = tour(Path::new(&folder), Path::new(&target), args.next().as_deref())?;
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

fn tour(folder: &Path, target: &Path, url: Option<&str>) -> Result<String> {
    let history = folder::read(folder)?;
    fs::create_dir_all(target)?;
    let path = target.join("pipeline.crm");
    if url.is_none() {
        remove_old(&path)?;
    }
    let options =
        CrmOptions { currency: "USD".to_owned(), default_data: false, ..CrmOptions::default() };
    let file = path.to_str().ok_or("the target's name is not text")?;
    let crm = Crm::open_with(url.unwrap_or(file), &options)?;
    let s = crm.session(None, Some(Timestamp::start_of(history.today)))?;
    if s.stages().count(None)? > 0 {
        return Err("this schema holds a pipeline already; name another one: ?schema=demo".into());
    }

    let imported = load::import(&s, &history, &target.join("clean"))?;
    let fields = evidence(&history);
    let first = history.deals.iter().filter_map(|deal| deal.engaged).min();
    s.score().configure(&ScoreConfig {
        fields: Some(fields.clone()),
        start_date: first,
        ..ScoreConfig::default()
    })?;
    let run = s.score().rebuild(&mut Progress::none())?;

    let mut text = String::new();
    show::summary(&mut text, &history, &imported, &run, &fields);
    show::board(&mut text, &s)?;
    show::forecast(&mut text, &s, &history)?;
    show::best(&mut text, &s)?;
    truth::compare(&mut text, &s, &history)?;
    show::remarks(&mut text, &s, &history)?;
    let wrong = crm.verify()?;
    if !wrong.is_empty() {
        return Err(wrong.join("\n").into());
    }
    // A URL may hold a password.
    let what =
        if url.is_some() { "The schema on the server".into() } else { path.display().to_string() };
    text.push_str(&format!("\n{what} is sound, and yours to look into.\n"));
    Ok(text)
}

/// What the score looks at, beside the stage.
fn evidence(history: &History) -> Vec<String> {
    let mut fields = vec!["properties.Product", "properties.Sector", "country_code", "user_id"];
    if history.deals.iter().any(|deal| !deal.source.is_empty()) {
        fields.push("source_id");
    }
    if history.deals.iter().any(|deal| !deal.priority.is_empty()) {
        fields.push("priority");
    }
    fields.into_iter().map(str::to_owned).collect()
}

/// Each tour starts with a new file.
fn remove_old(path: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match fs::remove_file(Path::new(&name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}
