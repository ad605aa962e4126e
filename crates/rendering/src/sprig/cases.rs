//! Functions that change the case of texts and names.

use gtmpl_ng::Value;

use super::{
    args::{exactly, text},
    function::{Entry, FuncResult},
};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("camelcase", |args| each("camelcase", args, camel)),
    ("initials", |args| each("initials", args, initials)),
    ("kebabcase", |args| each("kebabcase", args, |name| lower_words(name, '-'))),
    ("lower", |args| each("lower", args, str::to_lowercase)),
    ("snakecase", |args| each("snakecase", args, |name| lower_words(name, '_'))),
    ("swapcase", |args| each("swapcase", args, swapped)),
    ("title", |args| each("title", args, title)),
    ("untitle", |args| each("untitle", args, untitle)),
    ("upper", |args| each("upper", args, str::to_uppercase)),
];

fn each(name: &str, args: &[Value], change: impl Fn(&str) -> String) -> FuncResult {
    let [whole] = exactly(name, args)?;
    Ok(change(&text(whole)?).into())
}

fn upper(c: char) -> char {
    c.to_uppercase().next().unwrap_or(c)
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Changes each character. `change` gets the character before it (a space before the first) and the
/// character.
fn map_with_previous(whole: &str, change: impl Fn(char, char) -> char) -> String {
    let before = std::iter::once(' ').chain(whole.chars());
    before.zip(whole.chars()).map(|(before, c)| change(before, c)).collect()
}

fn title(whole: &str) -> String {
    let separates = |c: char| !(c.is_alphanumeric() || c == '_');
    map_with_previous(whole, |before, c| if separates(before) { upper(c) } else { c })
}

fn untitle(whole: &str) -> String {
    map_with_previous(whole, |before, c| if before.is_whitespace() { lower(c) } else { c })
}

fn initials(whole: &str) -> String {
    whole.split_whitespace().filter_map(|word| word.chars().next()).collect()
}

fn swapped(whole: &str) -> String {
    map_with_previous(whole, |_, c| if c.is_uppercase() { lower(c) } else { upper(c) })
}

fn is_connector(c: char) -> bool {
    c == '-' || c == '_' || c.is_whitespace()
}

/// `GO_PATH` and `go path` as `GoPath`. A word that starts with several capitals keeps only the
/// first. One connector between two words is removed; further connectors, and those at either end,
/// stay.
fn camel(name: &str) -> String {
    let words = name.trim_start_matches(is_connector);
    let mut camel = name[..name.len() - words.len()].to_owned();
    let mut connector: Option<char> = None;
    let (mut starts, mut capitals) = (true, false);
    for c in words.chars() {
        if is_connector(c) {
            camel.extend(connector.replace(c));
            starts = true;
            continue;
        }
        connector = None;
        camel.push(match (starts, capitals && c.is_uppercase()) {
            (true, _) => upper(c),
            (false, true) => lower(c),
            (false, false) => c,
        });
        capitals = (starts || capitals) && c.is_uppercase();
        starts = false;
    }
    camel.extend(connector);
    camel
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Upper,
    Lower,
    Digits,
    Connector,
    Mark,
}

fn kind(c: char) -> Kind {
    match c {
        _ if is_connector(c) => Kind::Connector,
        _ if c.is_uppercase() => Kind::Upper,
        _ if c.is_alphabetic() => Kind::Lower,
        _ if c.is_numeric() => Kind::Digits,
        _ => Kind::Mark,
    }
}

/// `HTTPServer` as `http_server`, `http2xx` as `http_2xx`, `Bld4Floor` as `bld4_floor`.
fn lower_words(name: &str, connector: char) -> String {
    let all: Vec<char> = name.chars().collect();
    let mut words = String::with_capacity(name.len());
    for (at, &c) in all.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| all.get(at)).copied().map(kind);
        if before.is_some_and(|before| starts_word(before, &all, at)) {
            words.push(connector);
        }
        words.push(if is_connector(c) { connector } else { lower(c) });
    }
    words
}

/// Whether a word starts at the position `at`; `before` is the kind of the character before it.
fn starts_word(before: Kind, all: &[char], at: usize) -> bool {
    let next = all.get(at + 1).copied().map(kind);
    match (before, kind(all[at])) {
        (Kind::Lower | Kind::Digits, Kind::Upper) => true,
        (Kind::Upper, Kind::Upper) => next == Some(Kind::Lower),
        // Digits belong to the word before them, unless small letters follow.
        (Kind::Upper | Kind::Lower, Kind::Digits) => {
            let in_number =
                all[..at].iter().rev().take_while(|c| !c.is_uppercase() && !is_connector(**c));
            let after = all[at..].iter().copied().map(kind).find(|kind| *kind != Kind::Digits);
            after == Some(Kind::Lower) && !in_number.copied().any(|c| kind(c) == Kind::Digits)
        }
        _ => false,
    }
}
