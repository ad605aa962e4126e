//! JSONPath, as far as printer columns use it: fields, indices, `[*]`, `[?(@.field=="value")]`.

use serde_json::Value;

/// The values at `path`.
pub(super) fn find<'a>(object: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut found = vec![object];
    let mut rest = path.trim();
    while !rest.is_empty() {
        let (step, after) = parse_step(rest);
        found = found.into_iter().flat_map(|value| select(value, &step)).collect();
        rest = after;
    }
    found
}

enum Step {
    Field(String),
    Index(usize),
    All,
    Where(String, String),
    Invalid,
}

/// The first step of a path, and the rest of the path.
fn parse_step(path: &str) -> (Step, &str) {
    if let Some(inside) = path.strip_prefix('[') {
        let (inside, after) = inside.split_once(']').unwrap_or((inside, ""));
        return (parse_bracket(inside), after);
    }
    let path = path.trim_start_matches('.');
    let mut name = String::new();
    let mut characters = path.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => name.extend(characters.next().map(|(_, escaped)| escaped)),
            '.' | '[' => return (Step::Field(name), &path[at..]),
            character => name.push(character),
        }
    }
    (Step::Field(name), "")
}

fn parse_bracket(inside: &str) -> Step {
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
        None => Step::Invalid,
    }
}

fn select<'a>(value: &'a Value, step: &Step) -> Vec<&'a Value> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    match step {
        Step::Field(name) => value.get(name).into_iter().collect(),
        Step::Index(index) => items.get(*index).into_iter().collect(),
        Step::All => items.iter().collect(),
        Step::Where(field, wanted) => {
            items.iter().filter(|i| i[field] == wanted.as_str()).collect()
        }
        Step::Invalid => Vec::new(),
    }
}
