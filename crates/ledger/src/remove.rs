//! Remove (docs/ledger.md, "Remove"): the next step after a live read.

use resources::{DployInstance, Seat, meta};
use serde_json::{Value, json};

use crate::{
    found::{Found, PendingSeat},
    standing::{Standing, is_deleting},
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

/// The merge patch that marks an instance before its deletion with the random id of the request.
///
/// Deletions carry nothing of their sender. Without the mark, a request whose answer was lost could
/// not tell its own deletion from that of another request, and either both or none would succeed.
#[must_use]
pub fn mark(request: &str) -> Value {
    json!({ "metadata": { "annotations": { (meta::REMOVED_BY): request } } })
}

/// Whether the request with this id has marked the instance last.
#[must_use]
pub fn is_marked_by(instance: &DployInstance, request: &str) -> bool {
    let mark = instance.metadata.annotations.as_ref().and_then(|it| it.get(meta::REMOVED_BY));
    mark.is_some_and(|mark| mark == request)
}

/// Whether the request with this id has deleted the instance `marked`, according to a live read
/// after its deletion had no or another answer. An instance that is gone counts as deleted by it.
#[must_use]
pub fn was_removed_by(live: Option<&DployInstance>, marked: &DployInstance, request: &str) -> bool {
    live.filter(|it| it.metadata.uid == marked.metadata.uid)
        .is_none_or(|it| is_deleting(it) && is_marked_by(it, request))
}

#[cfg(test)]
mod tests;
