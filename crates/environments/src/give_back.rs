//! Giving back a seat whose instance was never written.

use ledger::seats::{seats, seats_without};
use resources::Seat;
use tracing::warn;

use crate::{Refusal, ports::Ports};

/// Removes the seat from its owner's ledger. A failure is only logged: the operator sweeps the seat
/// later.
pub(crate) async fn give_back(ports: Ports<'_>, owner: &str, seat: &Seat) {
    if let Err(refusal) = try_to_give_back(ports, owner, seat).await {
        let error: &dyn std::error::Error = &refusal;
        warn!(owner, instance = seat.instance, error, "could not give back a seat");
    }
}

async fn try_to_give_back(ports: Ports<'_>, owner: &str, seat: &Seat) -> Result<(), Refusal> {
    let mut attempts = ports.attempts();
    loop {
        let Some(record) = ports.reads.live.owner(owner).await? else { return Ok(()) };
        // Another request may have taken a new seat on the same member since. That seat stays.
        if !seats(&record).contains(seat) {
            return Ok(());
        }
        let rest = seats_without(&record, &seat.instance);
        match ports.writes.seats(&record, &rest).await {
            Ok(_) => return Ok(()),
            Err(error) if error.is_overtaken() => attempts.again().await?,
            Err(error) => return Err(error.into()),
        }
    }
}
