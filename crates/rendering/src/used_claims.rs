//! Which claims the Go templates of a revision read. An instance carries only those.

use std::{collections::BTreeSet, sync::LazyLock};

use regex::Regex;
use resources::TemplateRevision;

use crate::{
    engine::{actions, word},
    go_templates::go_templates,
};

/// The functions whose second argument is a key of their first one.
const LOOKUPS: [&str; 3] = ["index", "get", "hasKey"];

/// The words of an action. A path such as `$.Claims.name` is one word.
static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let comment = r"/\*.*?\*/";
    let text = r#""(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'"#;
    let path = r"[)]?(?:\$\w*)?(?:\.\w+)+|\$\w*|\w+|\.";
    Regex::new(&format!("(?s){comment}|{text}|{path}|\\S")).ok()
});

/// The names of the claims that the templates read. `None`: they may read any, because they pass
/// all claims or all data on, such as `toJson .Claims`.
pub(crate) fn used_claims(revision: &TemplateRevision) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for text in go_templates(revision) {
        let mut reader = Reader { scopes: Vec::new(), names: &mut names };
        for action in actions(text).ok()? {
            reader.read(action)?;
        }
    }
    Some(names)
}

/// Reads the actions of a template from its start to its end.
struct Reader<'a> {
    /// The open blocks, outermost first.
    scopes: Vec<Scope>,
    names: &'a mut BTreeSet<String>,
}

/// Whether `.` is all data in an open block.
#[derive(Clone, Copy)]
struct Scope {
    is_root: bool,
    /// Whether it was before the block, and so is in its `else`.
    was_root: bool,
}

impl Reader<'_> {
    /// Reads one action. `None`: it may read any claim.
    fn read(&mut self, action: &str) -> Option<()> {
        let (first, rest) = word(action);
        let is_root = self.scopes.last().is_none_or(|scope| scope.is_root);
        match (first, word(rest).0) {
            ("end", _) => drop(self.scopes.pop()),
            ("else", next) => {
                let scope = self.scopes.last_mut()?;
                scope.is_root = scope.was_root;
                let was_root = scope.was_root;
                self.words(action, was_root)?;
                self.scopes.last_mut()?.is_root = was_root && next != "with";
            }
            (opening, _) => {
                self.words(action, is_root)?;
                match opening {
                    "if" => self.scopes.push(Scope { is_root, was_root: is_root }),
                    "range" | "with" | "block" | "define" => {
                        self.scopes.push(Scope { is_root: false, was_root: is_root });
                    }
                    _ => {}
                }
            }
        }
        Some(())
    }

    fn words(&mut self, action: &str, is_root: bool) -> Option<()> {
        let words: Vec<&str> = WORDS.as_ref()?.find_iter(action).map(|it| it.as_str()).collect();
        for (at, word) in words.iter().enumerate() {
            let path = word.strip_prefix('$').unwrap_or(word);
            match path.strip_prefix(".Claims") {
                _ if *word == "$" || (*word == "." && is_root) => return None,
                Some("") => drop(self.names.insert(looked_up(&words, at)?)),
                Some(inner) if inner.starts_with('.') => {
                    self.names.extend(inner.split('.').nth(1).map(str::to_owned));
                }
                _ => {}
            }
        }
        Some(())
    }
}

/// The name in `index .Claims "name"`.
fn looked_up(words: &[&str], at: usize) -> Option<String> {
    words.get(at.checked_sub(1)?).filter(|function| LOOKUPS.contains(function))?;
    let key = words.get(at + 1)?;
    match key.strip_prefix('`') {
        Some(raw) => raw.strip_suffix('`').map(str::to_owned),
        None => serde_json::from_str(key).ok(),
    }
}

#[cfg(test)]
mod tests;
