//! The rules of `ARCHITECTURE.md` about who may name whom, what a file may hold, and what a feature may pull in.
//!
//! Each rule stands in [`rules::RULES`] with code that breaks it and code that does not.

mod rules;
mod source;

use std::path::Path;
use std::process::Command;

use rules::{RULES, Rule};
use source::File;

#[test]
fn the_repository_keeps_the_rules() {
    let files = files();
    assert!(files.iter().any(|file| file.path == "ota-core/src/lib.rs"), "the files were found");
    let broken: Vec<String> = RULES.iter().flat_map(|rule| breaks(rule, &files)).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_rule_can_be_broken_and_kept() {
    for rule in RULES {
        for (path, text) in rule.broken_by {
            let file = File { path: (*path).to_owned(), text: (*text).to_owned() };
            assert!(!(rule.check)(&file).is_empty(), "not noticed: {}\n{path}: {text}", rule.says);
        }
        for (path, text) in rule.kept_by {
            let file = File { path: (*path).to_owned(), text: (*text).to_owned() };
            assert_eq!((rule.check)(&file), Vec::<String>::new(), "{}", rule.says);
        }
    }
}

#[test]
fn long_files_have_a_reason_that_still_holds() {
    let files = files();
    for (path, _) in rules::LONG_FILES {
        let file = files.iter().find(|file| file.path == *path);
        let lines = file.map(|file| file.text.lines().count());
        assert!(
            lines.is_some_and(|lines| lines > rules::FILE_LINES_MAX),
            "{path} needs no exception: {lines:?}"
        );
    }
}

#[test]
fn features_pull_in_only_what_they_say() {
    let adapters = ["sqlx", "reqwest", "lettre", "axum", "hyper", "clap"];
    let engine = ["tokio", "tokio-util", "moka", "metrics", "futures-util"];
    assert_eq!(pulled_in(&tree(&["-p", "ota-core"]), &adapters), Vec::<String>::new());
    let bare = tree(&["-p", "ota-core", "--no-default-features"]);
    assert_eq!(pulled_in(&bare, &[&adapters[..], &engine].concat()), Vec::<String>::new());
    let pricing = tree(&["-p", "ota-pricing"]);
    assert_eq!(pulled_in(&pricing, &[&adapters[..], &engine].concat()), Vec::<String>::new());

    let whole = tree(&["-p", "ota-core", "--all-features"]);
    assert_eq!(pulled_in(&whole, &["sqlx", "tokio", "none-such"]), ["sqlx", "tokio"], "the look can fail");
}

fn breaks(rule: &Rule, files: &[File]) -> Vec<String> {
    let found = |file| (rule.check)(file).into_iter().map(|what| format!("{}\n    {what}", rule.says));
    files.iter().flat_map(found).collect()
}

/// Every text file that is in the repository or could be added to it.
fn files() -> Vec<File> {
    let listed = run(Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]));
    let read = |path: &str| {
        let text = std::fs::read_to_string(root().join(path)).ok()?;
        Some(File { path: path.to_owned(), text })
    };
    listed.lines().filter_map(read).collect()
}

/// `name v1.2.3` of every package that is built with these features, for this machine.
fn tree(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let fixed = ["tree", "--offline", "--edges", "normal", "--prefix", "none", "--no-dedupe"];
    run(Command::new(cargo).args(fixed).args(arguments))
}

fn pulled_in(tree: &str, packages: &[&str]) -> Vec<String> {
    let there = |package: &&&str| tree.lines().any(|line| line.split(' ').next() == Some(package));
    packages.iter().filter(there).map(|package| (*package).to_owned()).collect()
}

fn run(command: &mut Command) -> String {
    let output = command.current_dir(root()).output().expect("the tool is installed");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("paths and names are UTF-8")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the workspace")
}
