//! The JSONPaths of printer columns: fields, indices, `[*]` and `[?(@.field=="value")]`.

use serde_json::Value;

/// The values at `path`; none when it leads nowhere.
pub(super) fn find<'a>(object: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut found = vec![object];
    let mut rest = path.trim();
    while !rest.is_empty() {
        let (step, after) = next(rest);
        found = found.into_iter().flat_map(|value| take(value, &step)).collect();
        rest = after;
    }
    found
}

enum Step {
    Field(String),
    Index(usize),
    All,
    Where(String, String),
    Nowhere,
}

/// The first step of a path, and what follows it.
fn next(path: &str) -> (Step, &str) {
    if let Some(inside) = path.strip_prefix('[') {
        let (inside, after) = inside.split_once(']').unwrap_or((inside, ""));
        return (bracket(inside), after);
    }
    let path = path.trim_start_matches('.');
    let mut name = String::new();
    let mut letters = path.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => name.extend(letters.next().map(|(_, escaped)| escaped)),
            '.' | '[' => return (Step::Field(name), &path[at..]),
            letter => name.push(letter),
        }
    }
    (Step::Field(name), "")
}

fn bracket(inside: &str) -> Step {
    let quoted = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    if inside == "*" {
        return Step::All;
    }
    if let Ok(index) = inside.parse() {
        return Step::Index(index);
    }
    let condition = inside.strip_prefix("?(@.").and_then(|rest| rest.strip_suffix(')'));
    match condition.and_then(|condition| condition.split_once("==")) {
        Some((field, value)) => Step::Where(field.trim().to_owned(), quoted(value)),
        None if inside.starts_with(['"', '\'']) => Step::Field(quoted(inside)),
        None => Step::Nowhere,
    }
}

fn take<'a>(value: &'a Value, step: &Step) -> Vec<&'a Value> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    match step {
        Step::Field(name) => value.get(name).into_iter().collect(),
        Step::Index(index) => items.get(*index).into_iter().collect(),
        Step::All => items.iter().collect(),
        Step::Where(field, wanted) => {
            items.iter().filter(|i| i[field] == wanted.as_str()).collect()
        }
        Step::Nowhere => Vec::new(),
    }
}
