//! README.md shows what the demo prints, and a folder without the extra columns, misspelt, runs as well.
//!
//! `CRM_UPDATE=1` writes the output into README.md anew. Cargo builds the examples before it runs all tests of the package;
//! who runs this one by name runs `cargo build --examples` first.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs an example in a folder; what it printed.
fn run(example: &str, arguments: &[&str], folder: &Path) -> String {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().unwrap().parent().unwrap().join("examples").join(example);
    assert!(program.exists(), "cargo build --examples makes {}", program.display());
    let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn the_readme_shows_the_output() {
    let folder = scratch("demo");
    let made = run("make_history", &["target/demo/history"], &folder);
    let shown = made + &run("demo", &["target/demo/history"], &folder);
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let text = fs::read_to_string(&readme).unwrap();
    let start = text.find("```text\n").unwrap() + "```text\n".len();
    let end = start + text[start..].find("```").unwrap();
    if std::env::var_os("CRM_UPDATE").is_some() {
        fs::write(&readme, format!("{}{shown}{}", &text[..start], &text[end..])).unwrap();
    } else {
        assert!(
            text[start..end] == shown,
            "README.md shows another output; CRM_UPDATE=1 renews it:\n{shown}"
        );
    }
}

#[test]
fn a_messy_folder_is_cleaned() {
    let folder = scratch("messy");
    let file = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    file(
        "accounts.csv",
        "account,sector,office_location,subsidiary_of\nChild,technolgy,Philipines,Parent\nParent,retail,Kenya,\n",
    );
    file("products.csv", "product,series,sales_price\nGTX Pro,GTX,4821\n");
    file(
        "sales_teams.csv",
        "sales_agent,manager,regional_office\nMoses Frase,Dustin Brinkmann,Central\n",
    );
    file(
        "sales_pipeline.csv",
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n\
         A,Moses Frase,GTXPro,Child,Won,2017-01-02,2017-03-01,4800\n\
         B,Moses Frase,GTXPro,Parent,Lost,2017-01-03,2017-03-04,0\n\
         C,Moses Frase,GTXPro,,Engaging,2017-02-01,,\n\
         D,Moses Frase,GTX Pro,Parent,Prospecting,,,\n",
    );
    let shown = run("demo", &[".", "out"], &folder);
    for said in [
        "today     2017-03-05",
        "4 deals: 1 won, 1 lost, 2 open",
        "3 × GTXPro → GTX Pro, 1 × Philipines → Philippines, 1 × technolgy → technology",
        "Engaging             1           4,821",
        "Won                  1           4,800           4,800",
        "1 open deals name no account",
    ] {
        assert!(shown.contains(said), "{said:?} is missing in\n{shown}");
    }
}
