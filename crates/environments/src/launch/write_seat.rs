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
/// No other request writes an equal seat: the seat of an instance to create has a fresh uuid, and
/// that of a member a fresh ticket.
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
