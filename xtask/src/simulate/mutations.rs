//! The mutations: faults of the real code that the simulation has to find, as
//! `crates/simulation/mutations.txt` lists them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// The file of the mutations, from the root of the workspace.
pub(crate) const FILE: &str = "crates/simulation/mutations.txt";

/// A fault of the code.
#[derive(Debug, Default)]
pub(crate) struct Mutation {
    pub(crate) name: String,
    /// The invariants of `docs/INVARIANTS.md` that it breaks.
    pub(crate) invariants: Vec<u32>,
    /// What is wrong with it.
    pub(crate) fault: String,
    pub(crate) edits: Vec<Edit>,
}

/// A change of one file.
#[derive(Debug, Default)]
pub(crate) struct Edit {
    /// From the root of the workspace.
    pub(crate) file: String,
    /// Whole lines, which occur once in the file.
    find: Vec<String>,
    put: Vec<String>,
}

/// Reads the mutations of the workspace in `root`.
pub(crate) fn read(root: &Path) -> Result<Vec<Mutation>> {
    let path = root.join(FILE);
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {FILE}"))?;
    let mut mutations: Vec<Mutation> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        read_line(&mut mutations, line).with_context(|| format!("{FILE}:{}", number + 1))?;
    }
    Ok(mutations)
}

fn read_line(mutations: &mut Vec<Mutation>, line: &str) -> Result<()> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(());
    }
    if let Some(name) = line.strip_prefix("mutation ") {
        mutations.push(Mutation { name: name.to_owned(), ..Mutation::default() });
        return Ok(());
    }
    let mutation = mutations.last_mut().context("a line before the first mutation")?;
    if let Some((field, value)) = line.split_once(": ").filter(|(field, _)| is_field(field)) {
        match field {
            "breaks" => {
                let numbers = value.split(", ").map(str::parse);
                mutation.invariants = numbers.collect::<Result<_, _>>()?;
            }
            "fault" => mutation.fault = value.to_owned(),
            _ => mutation.edits.push(Edit { file: value.to_owned(), ..Edit::default() }),
        }
        return Ok(());
    }
    let edit = mutation.edits.last_mut().context("a line of code before `in:`")?;
    match line.split_at(1) {
        ("-", code) => edit.find.push(code.to_owned()),
        ("+", code) => edit.put.push(code.to_owned()),
        (" ", code) => {
            edit.find.push(code.to_owned());
            edit.put.push(code.to_owned());
        }
        _ => bail!("neither a field nor a line of code: {line}"),
    }
    Ok(())
}

fn is_field(name: &str) -> bool {
    matches!(name, "breaks" | "fault" | "in")
}

impl Edit {
    /// The text of the file with this change.
    pub(crate) fn apply(&self, text: &str) -> Result<String> {
        // The line break in front makes sure that the first line is a whole one.
        let (find, put) = (with_breaks(&self.find), with_breaks(&self.put));
        let text = format!("\n{text}");
        match text.matches(&find).count() {
            1 => Ok(text.replacen(&find, &put, 1).split_off(1)),
            count => bail!("{} has these lines {count} times:{find}", self.file),
        }
    }
}

fn with_breaks(lines: &[String]) -> String {
    lines.iter().fold("\n".to_owned(), |text, line| text + line + "\n")
}
