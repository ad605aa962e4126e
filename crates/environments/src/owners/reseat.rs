//! Giving environments their seats back whose record was deleted, or restored without its status
//! (docs/ledger.md, "Lost ledgers").

use kube::ResourceExt;
use ledger::reseat::decide;
use resources::{DployOwner, Seat};
use tracing::info;

use super::{Owner, Owners};
use crate::{Refusal, contention::Attempts};

impl Owners<'_> {
    /// Whether the cache shows a living environment that lost its seat.
    pub(super) fn lacks_seats(&self, record: &DployOwner) -> bool {
        self.completed(record).is_some()
    }

    /// Writes the seats that the record lacks, on exactly the version of the record that they were
    /// decided on. A live list says which environments live.
    pub(super) async fn reseat(&self, record: &DployOwner) -> Result<(), Refusal> {
        let key = record.name_any();
        let mut record = record.clone();
        let mut attempts = Attempts::of(&self.reads.world);
        self.reads.live.instances_of([&*key]).await?;
        while let Some(seats) = self.completed(&record) {
            match self.writes.seats(&record, &seats).await {
                Ok(_) => {
                    info!(owner = key, seats = seats.len(), "gave environments their seats back");
                    return Ok(());
                }
                Err(error) if error.is_overtaken() => attempts.again().await?,
                Err(error) => return Err(error.into()),
            }
            let Some(read_again) = self.reads.live.owner(&key).await? else { return Ok(()) };
            record = read_again;
        }
        Ok(())
    }

    fn completed(&self, record: &DployOwner) -> Option<Vec<Seat>> {
        let owned = self.reads.cache.owned_by(&Owner::of(record));
        decide(record, owned.iter().map(AsRef::as_ref), self.reads.now())
    }
}
