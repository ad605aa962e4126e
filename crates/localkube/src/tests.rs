//! Checks the order of the modules that the documentation of the crate states.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use regex::Regex;

/// The modules in the order of the table in `lib.rs`.
fn documented_order() -> Vec<String> {
    let documentation = include_str!("lib.rs").lines().filter_map(|it| it.strip_prefix("//! | "));
    let first_cells = documentation.filter_map(|row| row.split('|').next());
    let name = Regex::new("`([a-z_]+)`").unwrap();
    first_cells
        .flat_map(|cell| name.captures_iter(cell).map(|it| it[1].to_owned()).collect::<Vec<_>>())
        .collect()
}

fn rust_files(path: &Path) -> Vec<PathBuf> {
    if path.is_dir() {
        let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        return entries.flat_map(|entry| rust_files(&entry)).collect();
    }
    let is_source = path.extension().is_some_and(|it| it == "rs") && !path.ends_with("tests.rs");
    if is_source { vec![path.to_owned()] } else { Vec::new() }
}

/// The modules of this crate that a source text imports.
fn imports(source: &str) -> BTreeSet<String> {
    let comment = Regex::new("//.*").unwrap();
    let source = comment.replace_all(source, "");
    let nested = Regex::new(r"(?s)\{[^{}]*\}").unwrap();
    let group = Regex::new(r"(?s)use crate::\{(.*?)\};").unwrap();
    let first_segment = Regex::new(r"(?:^|,)\s*([a-z_]+)").unwrap();
    let mut found = BTreeSet::new();
    for captures in group.captures_iter(&source) {
        let flat = nested.replace_all(&captures[1], "");
        found.extend(first_segment.captures_iter(&flat).map(|it| it[1].to_owned()));
    }
    let path = Regex::new(r"\bcrate::([a-z_]+)").unwrap();
    found.extend(path.captures_iter(&source).map(|it| it[1].to_owned()));
    found
}

#[test]
fn a_module_imports_only_modules_above_it() {
    let order = documented_order();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let position = |module: &str| order.iter().position(|it| it == module);
    let mut checked = 0;
    for file in rust_files(&sources).iter().filter(|file| !file.ends_with("lib.rs")) {
        let relative = file.strip_prefix(&sources).unwrap().with_extension("");
        let module = relative.iter().next().unwrap().to_str().unwrap();
        let own = position(module).unwrap_or_else(|| panic!("{module} is not in the table"));
        for import in imports(&fs::read_to_string(file).unwrap()) {
            let imported = position(&import);
            assert!(
                imported.is_some_and(|it| it <= own),
                "{} imports {import}, which is not above {module}",
                relative.display()
            );
            checked += 1;
        }
    }
    assert!(checked > 100, "only {checked} imports found");
}
