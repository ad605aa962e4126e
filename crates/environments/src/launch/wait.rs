//! Waiting for the writer of a seat, which may have crashed.

use ledger::{found::PendingSeat, seats::SeatKey, seats::seat_at, timeouts::SEAT_WRITER_TIMEOUT};
use resources::Seat;
use tokio::time::{Instant, timeout_at};
use tracing::info;

use crate::{
    Refusal,
    fence::fence,
    owners::Owner,
    ports::{Ports, Reads},
};

/// Until when a launch waits for the writer of a seat. Each seat that the launch meets gets its own
/// deadline.
#[derive(Debug, Default)]
pub(super) struct WriterDeadline {
    seat: Option<(Seat, Instant)>,
}

impl WriterDeadline {
    fn of(&mut self, seat: &Seat) -> Instant {
        match &self.seat {
            Some((known, deadline)) if known == seat => *deadline,
            _ => {
                let deadline = Instant::now() + SEAT_WRITER_TIMEOUT;
                self.seat = Some((seat.clone(), deadline));
                deadline
            }
        }
    }
}

/// Waits for the writer of a seat, and fences it after the deadline. Returns whether the seat may
/// be replaced now.
pub(super) async fn await_writer(
    ports: Ports<'_>,
    pending: &PendingSeat,
    owner: &Owner,
    deadline: &mut WriterDeadline,
) -> Result<bool, Refusal> {
    let mut changes = ports.reads.cache.changes();
    let changed = async {
        while !has_changed(ports.reads, pending, owner) {
            // A receiver that lags has missed changes, so it looks again like after a change.
            let _ = changes.recv().await;
        }
    };
    if timeout_at(deadline.of(&pending.seat), changed).await.is_ok() {
        return Ok(false);
    }
    info!(instance = pending.seat.instance, "fencing a seat whose writer did not finish");
    fence(ports, pending).await
}

/// Whether the cache has another seat, or another version of its instance, than the live read that
/// found the seat pending.
fn has_changed(reads: &Reads, pending: &PendingSeat, owner: &Owner) -> bool {
    let record = reads.cache.owners.get(&owner.key);
    let key = SeatKey::of_seat(&pending.seat);
    let is_same_seat = record.is_some_and(|it| seat_at(&it, &key) == Some(&pending.seat));
    let instance = reads.cache.instances.get(&pending.seat.instance);
    let version = instance.and_then(|it| it.metadata.resource_version.clone());
    let seen = pending.member.as_ref().and_then(|it| it.metadata.resource_version.clone());
    !is_same_seat || version != seen
}
