use wire::{Environment, Status};

use crate::server_fns::{Changed, UiError};

/// How far a launch has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was asked for yet.
    Asking,
    /// The request is under way.
    Reserving,
    /// The environment exists and starts.
    Starting(Box<Environment>),
    /// It runs.
    Running(Box<Environment>),
    /// It exists, and something is wrong.
    Troubled(Box<Environment>),
    /// It was refused.
    Refused(UiError),
    /// It was there, and is gone.
    Gone,
}

impl Stage {
    /// The stage, from what is known: the environment, whether one was seen before, and the launch itself.
    #[must_use]
    pub fn of(
        living: Option<Environment>,
        seen: bool,
        pending: bool,
        outcome: Option<Result<Changed, UiError>>,
    ) -> Self {
        match (living, outcome) {
            (Some(mine), _) => match mine.status {
                Status::Healthy => Self::Running(Box::new(mine)),
                Status::Degraded => Self::Troubled(Box::new(mine)),
                Status::Pending | Status::Progressing | Status::Deleting => {
                    Self::Starting(Box::new(mine))
                }
            },
            (None, _) if pending => Self::Reserving,
            (None, Some(Err(error))) => Self::Refused(error),
            (None, _) if seen => Self::Gone,
            (None, Some(Ok(_))) => Self::Reserving,
            (None, None) => Self::Asking,
        }
    }

    /// How many of the steps are done: signed in, place reserved, started, opened.
    #[must_use]
    pub const fn steps_done(&self) -> usize {
        match self {
            Self::Asking | Self::Reserving | Self::Refused(_) | Self::Gone => 1,
            Self::Starting(_) | Self::Troubled(_) => 2,
            Self::Running(_) => 3,
        }
    }

    /// The environment, once it exists.
    #[must_use]
    pub fn environment(&self) -> Option<&Environment> {
        match self {
            Self::Starting(mine) | Self::Running(mine) | Self::Troubled(mine) => Some(mine),
            Self::Asking | Self::Reserving | Self::Refused(_) | Self::Gone => None,
        }
    }
}
