//! The storms: which requests meet which.

use std::fmt::{self, Display};

use clap::ValueEnum;

/// A kind of race. The comments are its help texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Storm {
    /// Many owners launch from a small pool, each of them twice at once
    Claims,
    /// Owners launch more templates at once than their quota allows
    Quota,
    /// Owners extend one environment more often at once than it allows
    Extends,
    /// Deletions meet extensions of the same environment
    DeleteExtend,
    /// Extensions and launches meet the deadline
    ExpiryExtend,
    /// Launches meet deletions of the same environment
    RunDelete,
}

impl Storm {
    /// The share of all requests, in percent. Together they are 100.
    pub(crate) const fn percent(self) -> usize {
        match self {
            Self::Claims | Self::Quota => 25,
            Self::Extends | Self::DeleteExtend | Self::RunDelete => 15,
            Self::ExpiryExtend => 5,
        }
    }
}

impl Display for Storm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}
