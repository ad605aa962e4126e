//! The reports of a supervisor to the server.

use std::fmt;

use rustix::process::WaitStatus;
use serde::{Deserialize, Serialize};

/// A report of a supervisor to the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::process) enum Report {
    /// The program runs, with this process id.
    Started(u32),
    /// The program could not be started.
    Refused(String),
    /// The program exited. Its descendants are being killed.
    Ended(Ending),
}

impl Report {
    pub(super) fn to_line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Parses a line; `None` if it is no report.
    pub(in crate::process) fn from_line(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::process) enum Ending {
    /// With this exit status.
    Status(i32),
    /// By this signal.
    Signal(i32),
}

impl Ending {
    pub(super) fn of(status: WaitStatus) -> Self {
        status
            .terminating_signal()
            .map_or_else(|| Self::Status(status.exit_status().unwrap_or_default()), Self::Signal)
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "ended with exit status {status}"),
            Self::Signal(signal) => write!(f, "was ended by signal {signal}"),
        }
    }
}
