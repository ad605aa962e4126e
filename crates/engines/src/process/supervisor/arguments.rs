//! The arguments of `dploy supervise`.

use std::{ffi::OsString, path::PathBuf, time::Duration};

/// The arguments of `dploy supervise`: `<log> <grace in milliseconds> <program> <arguments…>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::process) struct Arguments {
    /// The log of the program's output.
    pub(in crate::process) log: PathBuf,
    /// How long the program may take to exit after SIGTERM.
    pub(in crate::process) grace: Duration,
    /// The program.
    pub(in crate::process) program: OsString,
    /// Its arguments.
    pub(in crate::process) arguments: Vec<OsString>,
}

impl Arguments {
    pub(super) fn parse(words: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let mut words = words.into_iter();
        Some(Self {
            log: words.next()?.into(),
            grace: Duration::from_millis(words.next()?.to_str()?.parse().ok()?),
            program: words.next()?,
            arguments: words.collect(),
        })
    }

    /// The words that [`Arguments::parse`] parses.
    pub(in crate::process) fn into_words(self) -> Vec<OsString> {
        let grace = self.grace.as_millis().to_string().into();
        let mut words = vec![self.log.into(), grace, self.program];
        words.extend(self.arguments);
        words
    }
}
