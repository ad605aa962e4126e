//! Launch (docs/ledger.md, "Launch"): the next step after a live read.

use resources::DployInstance;

use crate::{
    found::{Found, PendingSeat},
    standing::Standing,
};

/// The next step of a launch.
#[derive(Debug, Clone, PartialEq)]
pub enum LaunchStep {
    /// Answer with the environment that the owner has.
    Return(Box<DployInstance>),
    /// Write a new seat if the quota allows one more.
    TakeSeat,
    /// Write a seat in place of the vacant one.
    ReplaceSeat,
    /// Delete the expired instance on exactly this version, then replace its seat.
    DeleteExpired(Box<DployInstance>),
    /// Wait for the writer of the seat. After the timeout, fence the seat and replace it.
    AwaitWriter(PendingSeat),
}

/// Decides on the next step.
#[must_use]
pub fn decide(found: Found) -> LaunchStep {
    let (seat, instance, standing) = match found {
        Found::Nothing => return LaunchStep::TakeSeat,
        Found::Unseated(instance) => return LaunchStep::Return(instance),
        Found::Seated { seat, instance, standing } => (seat, instance, standing),
    };
    match (standing, instance) {
        (Standing::Lives, Some(instance)) => LaunchStep::Return(instance),
        (Standing::Expired, Some(instance)) => LaunchStep::DeleteExpired(instance),
        (Standing::Unwritten(writer), member) => {
            LaunchStep::AwaitWriter(PendingSeat { seat, writer, member })
        }
        (Standing::Deleting | Standing::Vacant | Standing::Lives | Standing::Expired, _) => {
            LaunchStep::ReplaceSeat
        }
    }
}

#[cfg(test)]
mod tests;
