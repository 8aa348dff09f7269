//! The C program of README.md is `tests/c/readme.c`, which the tests build and run.

use std::fs;
use std::path::Path;

#[test]
fn the_readme_shows_a_program_that_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |name: &str| fs::read_to_string(root.join(name)).expect("a file of the repository");
    let program = read("tests/c/readme.c");
    assert!(
        read("README.md").contains(&format!("```c\n{program}```\n")),
        "README.md shows another program than:\n{program}"
    );
}
