//! The mutations of the simulation fit the code, and `docs/INVARIANTS.md` names them.

#![cfg(test)]

#[path = "../src/simulate/mutations.rs"]
mod mutations;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The mutations, as pairs of an invariant and a name, that the page has in its column.
fn on_the_page() -> BTreeSet<(u32, String)> {
    let page = fs::read_to_string(root().join("docs/INVARIANTS.md")).expect("the page");
    let cells = |line: &str| line.split('|').map(|it| it.trim().to_owned()).collect::<Vec<_>>();
    let mut lines = page.lines().filter(|line| line.starts_with('|')).map(cells);
    let header = lines.next().expect("a table");
    let column = header.iter().position(|it| it == "mutation").expect("a column");
    let mut pairs = BTreeSet::new();
    for row in lines {
        let Ok(invariant) = row[1].parse() else { continue };
        let names = row[column].split('`').skip(1).step_by(2);
        pairs.extend(names.map(|name| (invariant, name.to_owned())));
    }
    pairs
}

#[test]
fn every_mutation_fits_the_code() {
    for mutation in mutations::read(&root()).expect("the mutations") {
        let mut files: BTreeMap<&str, String> = BTreeMap::new();
        assert!(!mutation.edits.is_empty(), "{} changes nothing", mutation.name);
        assert!(mutation.fault.ends_with('.'), "{} does not say what is wrong", mutation.name);
        for edit in &mutation.edits {
            let read = || fs::read_to_string(root().join(&edit.file)).expect("a source");
            let text = files.entry(&edit.file).or_insert_with(read);
            let changed = edit.apply(text);
            *text = changed.unwrap_or_else(|error| panic!("{}: {error:#}", mutation.name));
        }
    }
}

#[test]
fn the_names_of_mutations_are_unique() {
    let mutations = mutations::read(&root()).expect("the mutations");
    let names: BTreeSet<&str> = mutations.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names.len(), mutations.len());
}

#[test]
fn the_page_of_the_invariants_has_exactly_these_mutations() {
    let mutations = mutations::read(&root()).expect("the mutations");
    let listed = mutations.iter().flat_map(|it| {
        it.invariants.iter().map(|invariant| (*invariant, it.name.clone())).collect::<Vec<_>>()
    });
    assert_eq!(listed.collect::<BTreeSet<_>>(), on_the_page());
}
