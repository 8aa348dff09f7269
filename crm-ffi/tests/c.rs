//! Builds and runs the C and C++ programs of `tests/c` and `tests/cpp` against the shared library, as a host would.
//!
//! `CC` and `CXX` name other compilers. Each program gets an empty folder as its argument, and ends with 0 if all is well.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

mod common;

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("crm-ffi is within the workspace").into()
}

const STRICT: &[&str] = &["-Wall", "-Wextra", "-Werror", "-pedantic", "-Wshadow", "-g"];

/// A language: its folder and ending, its compiler, its standard.
struct Language {
    folder: &'static str,
    compiler: String,
    standard: &'static str,
}

fn compiler(variable: &str, usual: &str) -> String {
    let named = std::env::var_os(variable).and_then(|name| name.into_string().ok());
    named.unwrap_or_else(|| usual.to_owned())
}

fn c() -> Language {
    Language { folder: "c", compiler: compiler("CC", "cc"), standard: "-std=c11" }
}

fn cpp() -> Language {
    Language { folder: "cpp", compiler: compiler("CXX", "c++"), standard: "-std=c++17" }
}

impl Language {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.compiler);
        command.arg(self.standard).args(STRICT).arg("-I").arg(root().join("include"));
        command
    }

    /// Every program of the language, in order.
    fn programs(&self) -> Vec<PathBuf> {
        let folder = root().join("tests").join(self.folder);
        let entries = std::fs::read_dir(&folder).expect("the folder of the programs");
        let mut programs: Vec<PathBuf> = entries
            .map(|entry| entry.expect("a readable folder").path())
            .filter(|path| path.extension().is_some_and(|ending| ending == self.folder))
            .collect();
        programs.sort();
        assert!(!programs.is_empty(), "no programs in {}", folder.display());
        programs
    }

    fn build_and_run(&self) {
        let library = common::library_folder();
        for program in self.programs() {
            let name = program.file_stem().expect("a program has a name").to_string_lossy();
            let folder = scratch(&format!("{}-{name}", self.folder));
            let binary = folder.join("program");
            let mut build = self.command();
            build.arg(&program).arg("-o").arg(&binary).arg("-pthread").arg("-L").arg(&library);
            build.arg("-lcrm").arg(format!("-Wl,-rpath,{}", library.display()));
            succeed(&mut build);
            let data = folder.join("data");
            std::fs::create_dir(&data).expect("a new folder");
            run(Command::new(&binary).arg(&data));
        }
    }

    /// Compiles a piece of text, without linking.
    fn accepts(&self, name: &str, text: &str) {
        let file = scratch(name).join(format!("unit.{}", self.folder));
        std::fs::write(&file, text).expect("a new file");
        succeed(self.command().arg("-fsyntax-only").arg(&file));
    }
}

/// An empty folder of the test's own.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// Runs a program with the library it was linked to: cargo's own search path may name an older build.
fn run(command: &mut Command) {
    succeed(command.env_remove("LD_LIBRARY_PATH"));
}

fn succeed(command: &mut Command) {
    let output: Output = command.output().expect("the program can be started");
    let (out, err) = (&output.stdout, &output.stderr);
    let (out, err) = (String::from_utf8_lossy(out), String::from_utf8_lossy(err));
    assert!(output.status.success(), "{command:?}: {}\n{out}\n{err}", output.status);
}

#[test]
fn c_programs_run() {
    c().build_and_run();
}

#[test]
fn cpp_programs_run() {
    cpp().build_and_run();
}

/// What a program linked to `libcrm.a` needs besides, on Linux: `--print native-static-libs` tells.
const NATIVE: &[&str] = &["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl"];

#[test]
fn a_program_may_carry_the_library_within() {
    let folder = scratch("static");
    let mut build = c().command();
    build.arg(root().join("tests/c/lead.c")).arg(common::library_folder().join("libcrm.a"));
    succeed(build.args(NATIVE).arg("-o").arg(folder.join("program")));
    run(Command::new(folder.join("program")).arg(&folder));
}

#[test]
fn the_headers_stand_alone_and_may_be_included_twice() {
    let twice = |header: &str| {
        format!(
            "#include \"{header}\"\n#include \"{header}\"\nint main(void) {{ return CRM_OK; }}\n"
        )
    };
    c().accepts("header-c", &twice("crm.h"));
    cpp().accepts("header-cpp", &twice("crm.h"));
    cpp().accepts("header-hpp", &twice("crm.hpp"));
}

#[test]
fn two_units_of_one_program_may_include_the_headers() {
    let folder = scratch("two-units");
    let library = common::library_folder();
    let unit = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::write(&file, text).expect("a new file");
        file
    };
    let one = unit("one.cpp", "#include \"crm.hpp\"\nint two();\nint main() { return two(); }\n");
    let two = unit("two.cpp", "#include \"crm.hpp\"\nint two();\nint two() { return CRM_OK; }\n");
    let mut build = cpp().command();
    build.args([one, two]).arg("-o").arg(folder.join("program")).arg("-L").arg(&library);
    succeed(build.arg("-lcrm").arg(format!("-Wl,-rpath,{}", library.display())));
    run(&mut Command::new(folder.join("program")));
}
