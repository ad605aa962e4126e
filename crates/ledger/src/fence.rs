//! Fence (docs/ledger.md, "Fence"): how a late writer of a seat is made to fail.

use resources::DployInstance;

use crate::{found::PendingSeat, standing::LateWriter, void::void_instance};

/// The write that fences a seat.
#[derive(Debug, Clone, PartialEq)]
pub enum FenceStep {
    /// Create this void instance: a late create finds the name taken.
    CreateVoid(Box<DployInstance>),
    /// Delete this pool member on exactly this version: a late claim finds another version.
    DeleteMember(Box<DployInstance>),
    /// Write nothing: the pool member is gone, so a late claim fails.
    Nothing,
}

/// Decides how to fence a seat.
#[must_use]
pub fn decide(pending: &PendingSeat) -> FenceStep {
    match (pending.writer, &pending.member) {
        (LateWriter::Creates, _) => FenceStep::CreateVoid(Box::new(void_instance(&pending.seat))),
        (LateWriter::Claims, Some(member)) => FenceStep::DeleteMember(member.clone()),
        (LateWriter::Claims, None) => FenceStep::Nothing,
    }
}
