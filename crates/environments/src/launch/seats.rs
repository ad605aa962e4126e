use resources::Seat;
use tracing::warn;

use crate::{
    Refusal,
    courtesy::Attempts,
    ledger::{seats, seats_without},
    room::Room,
};

impl Room {
    /// Takes a seat that holds nothing out of the ledger again. That this fails does no harm that lasts: the operator frees
    /// it later.
    pub(super) async fn give_back(&self, owner: &str, useless: &Seat) {
        if let Err(refusal) = self.try_to_give_back(owner, useless).await {
            let error: &dyn std::error::Error = &refusal;
            warn!(owner, instance = useless.instance, error, "could not give a seat back");
        }
    }

    async fn try_to_give_back(&self, owner: &str, useless: &Seat) -> Result<(), Refusal> {
        let mut attempts = Attempts::default();
        loop {
            let Some(record) = self.cluster.owner(owner).await? else { return Ok(()) };
            // Somebody may have taken a seat on the same member since, which is not ours to give back.
            if !seats(&record).contains(useless) {
                return Ok(());
            }
            let rest = seats_without(&record, &useless.instance);
            match self.cluster.write_seats(&record, &rest).await {
                Ok(_) => return Ok(()),
                Err(error) if error.is_overtaken() => attempts.again().await?,
                Err(error) => return Err(error.into()),
            }
        }
    }
}
