use std::{ffi::OsString, path::PathBuf, time::Duration};

/// What `dploy supervise` is told: `<log> <grace in milliseconds> <program> <arguments…>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engines::process) struct Arguments {
    /// Where the program's output goes.
    pub(in crate::engines::process) log: PathBuf,
    /// How long the program may take after SIGTERM.
    pub(in crate::engines::process) grace: Duration,
    /// The program.
    pub(in crate::engines::process) program: OsString,
    /// Its arguments.
    pub(in crate::engines::process) arguments: Vec<OsString>,
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

    /// The words that [`Arguments::parse`] reads.
    pub(in crate::engines::process) fn into_words(self) -> Vec<OsString> {
        let grace = self.grace.as_millis().to_string().into();
        let mut words = vec![self.log.into(), grace, self.program];
        words.extend(self.arguments);
        words
    }
}
