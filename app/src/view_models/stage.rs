//! The stages of a launch.

use wire::{Environment, Status};

use crate::server_fns::{MutationReply, UiError};

/// The stage of a launch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The user has not launched.
    NotLaunched,
    /// The launch was requested.
    Reserving,
    /// The owner waits in the queue of a pool.
    Waiting(Box<Environment>),
    /// The environment exists and is starting.
    Starting(Box<Environment>),
    /// The environment is healthy.
    Running(Box<Environment>),
    /// The environment is degraded.
    Degraded(Box<Environment>),
    /// The launch was refused.
    Refused(UiError),
    /// The environment existed, and is gone.
    Gone,
}

impl Stage {
    /// The stage of a launch.
    ///
    /// `environment` is the template's environment unless it is being deleted. `seen` is whether
    /// the page has shown one before. `pending` and `outcome` are the state of the request.
    #[must_use]
    pub fn of(
        environment: Option<Environment>,
        seen: bool,
        pending: bool,
        outcome: Option<Result<MutationReply, UiError>>,
    ) -> Self {
        match (environment, outcome) {
            (Some(mine), _) if mine.position > 0 => Self::Waiting(Box::new(mine)),
            (Some(mine), _) => match mine.status {
                Status::Healthy => Self::Running(Box::new(mine)),
                Status::Degraded => Self::Degraded(Box::new(mine)),
                Status::Pending | Status::Progressing | Status::Deleting => {
                    Self::Starting(Box::new(mine))
                }
            },
            (None, _) if pending => Self::Reserving,
            (None, Some(Err(error))) => Self::Refused(error),
            (None, _) if seen => Self::Gone,
            (None, Some(Ok(_))) => Self::Reserving,
            (None, None) => Self::NotLaunched,
        }
    }

    /// How many steps are done. The steps are: signed in, seat reserved, started, opened.
    #[must_use]
    pub const fn steps_done(&self) -> usize {
        match self {
            Self::NotLaunched | Self::Reserving | Self::Refused(_) | Self::Gone => 1,
            Self::Waiting(_) | Self::Starting(_) | Self::Degraded(_) => 2,
            Self::Running(_) => 3,
        }
    }

    /// The environment, if it exists.
    #[must_use]
    pub fn environment(&self) -> Option<&Environment> {
        match self {
            Self::Waiting(mine)
            | Self::Starting(mine)
            | Self::Running(mine)
            | Self::Degraded(mine) => Some(mine),
            Self::NotLaunched | Self::Reserving | Self::Refused(_) | Self::Gone => None,
        }
    }
}
