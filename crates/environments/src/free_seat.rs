//! Freeing exactly one seat of a ledger.

use kube::ResourceExt;
use ledger::seats::{has_seat, seats_except};
use resources::{DployOwner, Seat};
use tracing::warn;

use crate::{Refusal, own_effect::is_same_version, ports::Ports};

/// Who freed a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freed {
    /// This request.
    Now,
    /// Another request, or the seat was replaced.
    Before,
}

/// Frees `seat` in its owner's ledger, and no seat that replaced it. `record` is a live read.
pub(crate) async fn free_seat(
    ports: Ports<'_>,
    mut record: DployOwner,
    seat: &Seat,
) -> Result<Freed, Refusal> {
    let mut attempts = ports.attempts();
    while has_seat(&record, seat) {
        let rest = seats_except(&record, &[seat]);
        let error = match ports.writes.seats(&record, &rest).await {
            Ok(_) => return Ok(Freed::Now),
            Err(error) if error.is_refused() => return Err(error.into()),
            Err(error) => error,
        };
        let Some(live) = ports.reads.live.owner(&record.name_any()).await? else {
            return Ok(Freed::Before);
        };
        if !error.is_overtaken() && !has_seat(&live, seat) {
            return Ok(Freed::Now);
        }
        if !error.is_overtaken() && is_same_version(&record, &live) {
            return Err(error.into());
        }
        attempts.again().await?;
        record = live;
    }
    Ok(Freed::Before)
}

/// Gives a seat back whose instance will never be written. A failure is only logged: the operator
/// sweeps the seat later.
pub(crate) async fn give_back(ports: Ports<'_>, owner: &str, seat: &Seat) {
    let given_back = async {
        match ports.reads.live.owner(owner).await? {
            Some(record) => free_seat(ports, record, seat).await.map(drop),
            None => Ok(()),
        }
    };
    if let Err(refusal) = given_back.await {
        let error: &dyn std::error::Error = &refusal;
        warn!(owner, instance = seat.instance, error, "could not give back a seat");
    }
}
