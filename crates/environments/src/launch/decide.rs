//! What a launch does next, given what a live read found. Pure.

use resources::{DployInstance, Seat};

use crate::ledger::{
    Found,
    standing::{LateWriter, Standing},
};

/// The next step of a launch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum LaunchStep {
    /// Answer with the environment that the owner has.
    Return(Box<DployInstance>),
    /// Write a new seat, if the quota allows one more.
    TakeFirst,
    /// Write a seat in the place of this one, which holds nothing any more.
    TakeOver,
    /// Delete what is past its deadline on exactly this version, then take its seat.
    Retire(Box<DployInstance>),
    /// Wait for the request that took the seat; past its time fence it, then take its seat.
    Await(Pending),
}

/// A seat whose writer has not come yet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pending {
    pub(crate) seat: Seat,
    pub(crate) writer: LateWriter,
    /// The member that the writer may still claim.
    pub(crate) member: Option<Box<DployInstance>>,
}

/// Decides on what was found.
pub(crate) fn decide(found: Found) -> LaunchStep {
    let (seat, instance, standing) = match found {
        Found::Nothing => return LaunchStep::TakeFirst,
        Found::Unseated(instance) => return LaunchStep::Return(instance),
        Found::Seat { seat, instance, standing } => (seat, instance, standing),
    };
    match (standing, instance) {
        (Standing::Lives, Some(instance)) => LaunchStep::Return(instance),
        (Standing::Expired, Some(instance)) => LaunchStep::Retire(instance),
        (Standing::Unwritten(writer), member) => {
            LaunchStep::Await(Pending { seat, writer, member })
        }
        (Standing::Leaving | Standing::Over | Standing::Lives | Standing::Expired, _) => {
            LaunchStep::TakeOver
        }
    }
}

#[cfg(test)]
mod tests;
