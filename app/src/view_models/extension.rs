//! Whether an environment can be extended, and by how much.

use wire::Environment;

use crate::time::format_duration;

/// Whether an environment can be extended, and by how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extension {
    /// The environment has no deadline.
    Unlimited,
    /// All extensions are used.
    UsedUp {
        /// The number of extensions.
        times: i64,
    },
    /// The environment can be extended.
    Offered {
        /// The length of one extension: `2 h`.
        by: String,
        /// How many are used: `1 of 5 used`, `last one`; empty without a maximum.
        note: String,
    },
}

impl Extension {
    /// The extension of an environment.
    #[must_use]
    pub fn of(environment: &Environment) -> Self {
        let (count, max) = (environment.extend_count, environment.max_extends);
        if environment.is_unlimited {
            return Self::Unlimited;
        }
        if max > 0 && count >= max {
            return Self::UsedUp { times: max };
        }
        let note = match max - count {
            _ if max == 0 => String::new(),
            1 => "last one".to_owned(),
            _ => format!("{count} of {max} used"),
        };
        Self::Offered { by: format_duration(environment.extend_ttl), note }
    }
}
