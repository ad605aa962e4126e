//! Every test, file and flaw that `docs/INVARIANTS.md` names exists.

#![cfg(test)]

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The sources of all tests.
fn sources(folder: &Path, text: &mut String) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "target" && name != "node_modules" {
            sources(&path, text);
        } else if path.extension().is_some_and(|it| it == "rs") {
            text.push_str(&fs::read_to_string(&path).expect("a source"));
        }
    }
}

/// The parts of the table in backquotes.
fn named() -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/INVARIANTS.md")).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| #"));
    rows.flat_map(|row| row.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

#[test]
fn every_test_of_the_page_exists() {
    let mut text = String::new();
    for folder in ["crates", "src", "app", "xtask"] {
        sources(&root().join(folder), &mut text);
    }
    let named = named();
    assert!(named.len() > 20, "{named:?}");
    for name in named {
        let is_there = if name.contains('/') {
            root().join(&name).is_file()
        } else if name.contains('_') {
            text.contains(&format!("fn {name}("))
        } else if name.chars().next().is_some_and(char::is_uppercase) {
            text.contains(&format!("(Flaw::{name}, "))
        } else if name.contains(' ') {
            // A check of the simulation.
            text.contains(&format!("\"{name}\""))
        } else {
            // A field of a resource, or a check of one word.
            true
        };
        assert!(is_there, "docs/INVARIANTS.md names {name}, which does not exist");
    }
}

#[test]
fn every_invariant_of_the_model_is_on_the_page() {
    let page = fs::read_to_string(root().join("docs/INVARIANTS.md")).expect("the page");
    let invariants = root().join("crates/ledger/tests/model/invariants.rs");
    let source = fs::read_to_string(invariants).expect("the invariants");
    let tables = source.split("pub(crate) fn properties").next().expect("the tables");
    let names = tables.split("(\"").skip(1).filter_map(|rest| rest.split('"').next());
    for name in names {
        assert!(page.contains(name), "docs/INVARIANTS.md lacks {name:?}");
    }
}
