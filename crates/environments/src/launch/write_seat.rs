//! The write of a launch's seat.

use kube::ResourceExt;
use ledger::seats::{has_seat, seats_with};
use resources::{DployOwner, Seat};

use crate::{
    Refusal,
    own_effect::{Effect, or_own_effect},
    ports::Ports,
};

/// Writes `seat` on exactly this version of the record. Returns the record that has the seat;
/// `None` when another request wrote the record first.
///
/// The seat of an instance to create has a fresh uuid. The seat of a member may equal that of
/// another request of the same owner, which chose the same version of the same member in the same
/// second. Then both may claim, and one claim succeeds, because both name that version.
pub(super) async fn write_seat(
    ports: Ports<'_>,
    record: &DployOwner,
    seat: &Seat,
) -> Result<Option<DployOwner>, Refusal> {
    let written = ports.writes.seats(record, &seats_with(record, seat)).await;
    let own_seat = async {
        let live = ports.reads.live.owner(&record.name_any()).await?;
        Ok(Effect::on(record, live, |live| has_seat(live, seat)))
    };
    or_own_effect(written, own_seat).await
}
