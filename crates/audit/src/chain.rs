//! The chain: how a line is made from the line before, and taken apart again.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::entry::{Action, Change, Entry};

/// The hash before the first line.
pub const NO_LINE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Before the hash at the end of a line.
const BEFORE_HASH: &str = ",\"hash\":\"";
/// After it.
const AFTER_HASH: &str = "\"}";

/// The end of a chain, at which the next line is added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The number of the last line; 0 without one.
    pub seq: u64,
    /// The hash of the last line.
    pub hash: String,
}

impl Default for End {
    fn default() -> Self {
        Self { seq: 0, hash: NO_LINE.to_owned() }
    }
}

/// A line, with its line break, and the end of the chain after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The bytes to write.
    pub text: String,
    /// The end of the chain.
    pub end: End,
}

impl End {
    /// The line with which a process begins. `torn`: how many bytes of an unfinished line it cut
    /// off.
    ///
    /// # Errors
    /// The line cannot be written as JSON, which is a bug.
    pub fn start(&self, process: &str, torn: u64, now: Timestamp) -> serde_json::Result<Line> {
        self.line(Entry {
            seq: self.seq.saturating_add(1),
            time: now,
            process: process.to_owned(),
            action: Action::Start,
            who: None,
            environment: None,
            outcome: None,
            request: None,
            torn: (torn > 0).then_some(torn),
            previous: self.hash.clone(),
        })
    }

    /// The line of a change.
    ///
    /// # Errors
    /// The line cannot be written as JSON, which is a bug.
    pub fn change(
        &self,
        process: &str,
        change: &Change,
        now: Timestamp,
    ) -> serde_json::Result<Line> {
        self.line(Entry {
            seq: self.seq.saturating_add(1),
            time: now,
            process: process.to_owned(),
            action: change.action,
            who: Some(change.who.clone()),
            environment: Some(change.environment.clone()),
            outcome: Some(change.outcome.clone()),
            request: change.request.clone(),
            torn: None,
            previous: self.hash.clone(),
        })
    }

    fn line(&self, entry: Entry) -> serde_json::Result<Line> {
        let content = serde_json::to_string(&entry)?;
        let hash = hash(&content);
        let open = content.strip_suffix('}').unwrap_or(&content);
        let text = format!("{open}{BEFORE_HASH}{hash}{AFTER_HASH}\n");
        Ok(Line { text, end: Self { seq: entry.seq, hash } })
    }
}

/// What is wrong with one line by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadLine {
    /// It is no line of an audit log.
    Unreadable,
    /// Its hash is not that of its content.
    Changed,
}

/// The content of a line and its hash. `line` has no line break.
///
/// # Errors
/// [`BadLine`]
pub fn parse(line: &str) -> Result<(Entry, String), BadLine> {
    let (open, rest) = line.rsplit_once(BEFORE_HASH).ok_or(BadLine::Unreadable)?;
    let written = rest.strip_suffix(AFTER_HASH).ok_or(BadLine::Unreadable)?;
    let content = format!("{open}}}");
    if hash(&content) != written {
        return Err(BadLine::Changed);
    }
    let entry = serde_json::from_str(&content).map_err(|_| BadLine::Unreadable)?;
    Ok((entry, written.to_owned()))
}

fn hash(content: &str) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}
