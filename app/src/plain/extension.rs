use wire::Environment;

use crate::time::words;

/// Whether, and by how much, an environment can be extended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extension {
    /// It has no end.
    Pointless,
    /// It was extended as often as it can be.
    UsedUp {
        /// How often.
        times: i64,
    },
    /// It can be.
    Offered {
        /// By how much: `2 h`.
        by: String,
        /// How many are used: `1 of 5 used`, `last one`; empty where there is no cap.
        note: String,
    },
}

impl Extension {
    /// What an environment offers.
    #[must_use]
    pub fn of(environment: &Environment) -> Self {
        let (count, max) = (environment.extend_count, environment.max_extends);
        if environment.is_unlimited {
            return Self::Pointless;
        }
        if max > 0 && count >= max {
            return Self::UsedUp { times: max };
        }
        let note = match max - count {
            _ if max == 0 => String::new(),
            1 => "last one".to_owned(),
            _ => format!("{count} of {max} used"),
        };
        Self::Offered { by: words(environment.extend_ttl), note }
    }
}
