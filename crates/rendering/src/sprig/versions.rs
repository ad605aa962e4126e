//! Semantic versions and the constraints of sprig's library (Masterminds/semver).

use gtmpl_ng::{FuncError, Value};
use semver::{BuildMetadata, Prerelease, Version};

use super::{
    args::{exactly, text},
    function::{Entry, FuncResult, call_error},
};
use crate::value::{int, structure};

pub(super) const FUNCTIONS: &[Entry] = &[("semver", semver), ("semverCompare", semver_compare)];

fn semver(args: &[Value]) -> FuncResult {
    let [original] = exactly("semver", args)?;
    let original = text(original)?;
    let version = version(&original)?;
    let part = |number: u64| int(i64::try_from(number).unwrap_or(i64::MAX));
    Ok(structure([
        ("Major", part(version.major)),
        ("Minor", part(version.minor)),
        ("Patch", part(version.patch)),
        ("Prerelease", version.pre.as_str().into()),
        ("Metadata", version.build.as_str().into()),
        ("Original", original.into()),
        ("String", version.to_string().into()),
    ]))
}

fn semver_compare(args: &[Value]) -> FuncResult {
    let [constraint, given] = exactly("semverCompare", args)?;
    let (constraint, given) = (text(constraint)?, version(&text(given)?)?);
    for alternative in constraint.split("||") {
        let mut holds = true;
        for single in singles(alternative) {
            holds &= Constraint::read(&single)?.allows(&given);
        }
        if holds {
            return Ok(true.into());
        }
    }
    Ok(false.into())
}

/// A version. The minor and the patch may be missing, and a `v` may precede.
fn version(written: &str) -> Result<Version, FuncError> {
    Partial::read(written)?
        .lowest()
        .ok_or_else(|| call_error(format!("\"{written}\" is not a version")))
}

/// The constraints that must all hold; `1 - 2` becomes `>=1` and `<=2`.
fn singles(alternative: &str) -> Vec<String> {
    let mut singles: Vec<String> = vec![];
    let mut words = alternative.split([' ', ',']).filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        let is_operator = word.chars().all(|c| "=!<>~^".contains(c));
        if word == "-" {
            let low = singles.pop().unwrap_or_default();
            singles.push(format!(">={low}"));
            singles.push(format!("<={}", words.next().unwrap_or_default()));
        } else if is_operator {
            singles.push(format!("{word}{}", words.next().unwrap_or_default()));
        } else {
            singles.push(word.to_owned());
        }
    }
    singles
}

/// A version that may be incomplete: `1.2`, `1.x`, `*`.
struct Partial {
    numbers: Vec<u64>,
    pre: Prerelease,
    build: BuildMetadata,
    has_wildcard: bool,
}

impl Partial {
    fn read(written: &str) -> Result<Self, FuncError> {
        let not_a_version = || call_error(format!("\"{written}\" is not a version"));
        let (rest, build) = written.trim().split_once('+').unwrap_or((written.trim(), ""));
        let (core, pre) = rest.split_once('-').unwrap_or((rest, ""));
        let parts: Vec<&str> = core.strip_prefix('v').unwrap_or(core).split('.').collect();
        let numbers: Vec<&str> =
            parts.iter().copied().take_while(|part| !matches!(*part, "x" | "X" | "*")).collect();
        if parts.len() > 3 {
            return Err(not_a_version());
        }
        Ok(Self {
            has_wildcard: numbers.len() < parts.len(),
            numbers: numbers
                .into_iter()
                .map(|part| part.parse().map_err(|_| not_a_version()))
                .collect::<Result<_, _>>()?,
            pre: Prerelease::new(pre).map_err(|_| not_a_version())?,
            build: BuildMetadata::new(build).map_err(|_| not_a_version())?,
        })
    }

    fn number(&self, at: usize) -> u64 {
        self.numbers.get(at).copied().unwrap_or_default()
    }

    /// The lowest version; `None` with a wildcard.
    fn lowest(&self) -> Option<Version> {
        (!self.has_wildcard).then(|| self.floor())
    }

    fn floor(&self) -> Version {
        Version {
            pre: self.pre.clone(),
            build: self.build.clone(),
            ..Version::new(self.number(0), self.number(1), self.number(2))
        }
    }

    /// The first version after all versions with the same numbers up to `at`; `None` when no number
    /// is given.
    fn first_after(&self, at: usize) -> Option<Version> {
        match at {
            _ if self.numbers.is_empty() => None,
            0 => Some(Version::new(self.number(0).checked_add(1)?, 0, 0)),
            1 => Some(Version::new(self.number(0), self.number(1).checked_add(1)?, 0)),
            _ => {
                let patch = self.number(2).checked_add(1)?;
                Some(Version::new(self.number(0), self.number(1), patch))
            }
        }
    }

    /// The index of the last number given.
    fn last_index(&self) -> usize {
        self.numbers.len().saturating_sub(1)
    }
}

/// An operator and a version.
struct Constraint {
    operator: String,
    partial: Partial,
}

impl Constraint {
    fn read(written: &str) -> Result<Self, FuncError> {
        let split = written.find(|c| !"=!<>~^".contains(c)).unwrap_or(written.len());
        let (operator, version) = written.split_at(split);
        let known = ["", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"];
        if !known.contains(&operator) {
            return Err(call_error(format!("\"{operator}\" is not a version comparison")));
        }
        Ok(Self { operator: operator.to_owned(), partial: Partial::read(version)? })
    }

    /// Whether the version satisfies the constraint. A prerelease satisfies only a constraint with
    /// a prerelease.
    fn allows(&self, version: &Version) -> bool {
        if !version.pre.is_empty() && self.partial.pre.is_empty() {
            return false;
        }
        let floor = self.partial.floor();
        let is_exact = self.partial.numbers.len() == 3;
        let from_floor = || version.cmp_precedence(&floor).is_ge();
        let before = |at: usize| self.partial.first_after(at).is_none_or(|end| *version < end);
        let is_within = || from_floor() && before(self.partial.last_index());
        match self.operator.as_str() {
            "!=" if is_exact => version.cmp_precedence(&floor).is_ne(),
            "!=" => !is_within(),
            ">" if is_exact => version.cmp_precedence(&floor).is_gt(),
            ">" => !before(self.partial.last_index()),
            "<" => version.cmp_precedence(&floor).is_lt(),
            ">=" | "=>" => from_floor(),
            "<=" | "=<" if is_exact => version.cmp_precedence(&floor).is_le(),
            "<=" | "=<" => before(self.partial.last_index()),
            "~" | "~>" => from_floor() && before(self.partial.last_index().min(1)),
            "^" => from_floor() && before(self.caret_index()),
            _ if is_exact => version.cmp_precedence(&floor).is_eq(),
            _ => is_within(),
        }
    }

    /// The index of the number that `^` fixes: the leftmost one that is not 0, or else the last
    /// one.
    fn caret_index(&self) -> usize {
        let numbers = &self.partial.numbers;
        numbers.iter().position(|number| *number != 0).unwrap_or(self.partial.last_index())
    }
}
