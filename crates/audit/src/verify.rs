//! Verification: the first line of a log that does not continue the chain.

use jiff::Timestamp;
use thiserror::Error;

use crate::{
    chain::{BadLine, End, NO_LINE, parse},
    entry::{Action, Entry},
};

/// A log whose lines form one chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The end of the chain.
    pub end: End,
    /// When the first and the last line were written; `None` without lines.
    pub times: Option<(Timestamp, Timestamp)>,
    /// How many bytes follow the last complete line: a process was killed while it wrote them.
    pub torn: usize,
}

/// The first line that does not continue the chain.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {wrong}")]
pub struct Broken {
    /// The number of the line in the file, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Wrong {
    /// It cannot be read.
    #[error("this is no line of an audit log")]
    Unreadable,
    /// Its own hash does not fit.
    #[error("this line was changed: its hash is not that of its content")]
    Changed,
    /// The first line of the file does not begin a chain.
    #[error("the log does not start here: lines before this one are missing")]
    NoStart,
    /// Its number is too high.
    #[error("lines are missing before this one: it has number {found}, not {expected}")]
    Missing {
        /// Its number.
        found: u64,
        /// The number after that of the line before.
        expected: u64,
    },
    /// Its number is too low.
    #[error("this line is out of order: it has number {found}, not {expected}")]
    Reordered {
        /// Its number.
        found: u64,
        /// The number after that of the line before.
        expected: u64,
    },
    /// It continues another line than the one before.
    #[error("the line before this one was replaced: its hash is not the one that this line names")]
    Replaced,
}

/// Verifies the whole text of a log.
///
/// # Errors
/// [`Broken`]
pub fn verify(log: &[u8]) -> Result<Verified, Broken> {
    let complete = log.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let (lines, torn) = log.split_at(complete);
    let mut verified = Verified { end: End::default(), times: None, torn: torn.len() };
    for (number, line) in (1..).zip(lines.split_inclusive(|byte| *byte == b'\n')) {
        let broken = |wrong| Broken { line: number, wrong };
        let text = std::str::from_utf8(line).map_err(|_| broken(Wrong::Unreadable))?;
        let (entry, hash) = parse(text.trim_end_matches('\n')).map_err(|bad| {
            broken(match bad {
                BadLine::Unreadable => Wrong::Unreadable,
                BadLine::Changed => Wrong::Changed,
            })
        })?;
        check(&verified.end, &entry).map_err(broken)?;
        let first = verified.times.map_or(entry.time, |(first, _)| first);
        verified.times = Some((first, entry.time));
        verified.end = End { seq: entry.seq, hash };
    }
    Ok(verified)
}

/// Whether the line continues the chain.
fn check(end: &End, entry: &Entry) -> Result<(), Wrong> {
    let (found, expected) = (entry.seq, end.seq.saturating_add(1));
    let starts = entry.action == Action::Start && entry.previous == NO_LINE && found == 1;
    if end.seq == 0 {
        return if starts { Ok(()) } else { Err(Wrong::NoStart) };
    }
    match found.cmp(&expected) {
        std::cmp::Ordering::Greater => Err(Wrong::Missing { found, expected }),
        std::cmp::Ordering::Less => Err(Wrong::Reordered { found, expected }),
        std::cmp::Ordering::Equal if entry.previous != end.hash => Err(Wrong::Replaced),
        std::cmp::Ordering::Equal => Ok(()),
    }
}
