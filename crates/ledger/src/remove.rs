//! Remove (docs/ledger.md, "Remove"): the next step after a live read.

use resources::{DployInstance, Seat};

use crate::{
    found::{Found, PendingSeat},
    standing::Standing,
};

/// The next step of a removal.
#[derive(Debug, Clone, PartialEq)]
pub enum RemoveStep {
    /// Answer that there is no environment.
    NotFound,
    /// Delete the instance on exactly this version. No seat names it.
    Delete(Box<DployInstance>),
    /// Delete the instance on exactly this version, then free its seat.
    DeleteThenFree {
        /// The seat.
        seat: Seat,
        /// The instance.
        instance: Box<DployInstance>,
    },
    /// Fence the writer of the seat, then free the seat.
    FenceThenFree(PendingSeat),
    /// Free the seat, which is vacant.
    Free(Seat),
}

/// Decides on the next step.
#[must_use]
pub fn decide(found: Found) -> RemoveStep {
    let (seat, instance, standing) = match found {
        Found::Nothing => return RemoveStep::NotFound,
        Found::Unseated(instance) => return RemoveStep::Delete(instance),
        Found::Seated { seat, instance, standing } => (seat, instance, standing),
    };
    match (standing, instance) {
        (Standing::Lives, Some(instance)) => RemoveStep::DeleteThenFree { seat, instance },
        (Standing::Unwritten(writer), member) => {
            RemoveStep::FenceThenFree(PendingSeat { seat, writer, member })
        }
        (Standing::Expired | Standing::Deleting, _) => RemoveStep::NotFound,
        (Standing::Vacant | Standing::Lives, _) => RemoveStep::Free(seat),
    }
}

#[cfg(test)]
mod tests;
