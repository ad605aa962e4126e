//! The measures by name, and their sizes.

use std::fmt::{self, Display};

use clap::ValueEnum;

/// The configurable sizes of measures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// The number of requests in [`Measure::Races`].
    pub(crate) requests: usize,
    /// The number of instances in [`Measure::Many`].
    pub(crate) many: usize,
}

/// A measure. The comments are its help texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measure {
    /// Latency of the API server alone, as a scale for the other figures
    Scale,
    /// Claims of pool members, one at a time
    Claim,
    /// Concurrent claims of pool members
    Claims,
    /// Writes to the API server per claim
    Writes,
    /// Launches on demand, one at a time
    Launch,
    /// Concurrent launches on demand
    Launches,
    /// Deletions, one at a time and concurrent
    Deletes,
    /// Conflicting requests on three replicas
    Races,
    /// With 1,000 instances: reads, an idle minute, a restart of the operator
    Settled,
    /// Start time and memory, without instances and with very many
    Many,
}

impl Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}
