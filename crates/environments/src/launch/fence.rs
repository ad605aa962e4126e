use std::time::Duration;

use resources::{DployInstance, Seat};
use tokio::time::{Instant, timeout_at};
use tracing::info;

use super::{decide::Pending, order::void};
use crate::{
    Refusal,
    cluster::ClusterError,
    ledger::{seat_of, standing::LateWriter},
    owners::Owner,
    room::Room,
};

/// How long the request that took a seat may take to make its instance before another one fences it.
const WRITERS_TIME: Duration = Duration::from_secs(2);

/// Until when a launch waits for the writer of a seat; every seat that it meets gets its own time.
#[derive(Debug, Default)]
pub(super) struct Patience {
    seat: Option<(Seat, Instant)>,
}

impl Patience {
    fn until(&mut self, seat: &Seat) -> Instant {
        match &self.seat {
            Some((known, until)) if known == seat => *until,
            _ => {
                let until = Instant::now() + WRITERS_TIME;
                self.seat = Some((seat.clone(), until));
                until
            }
        }
    }
}

impl Room {
    /// Waits for the writer of a seat, and fences it when it does not come. Whether the seat may be taken now.
    pub(super) async fn outwait(
        &self,
        pending: &Pending,
        owner: &Owner,
        patience: &mut Patience,
    ) -> Result<bool, Refusal> {
        let mut changes = self.cache.changes();
        let came = async {
            while !self.has_moved_on(pending, owner) {
                // A listener that is too far behind has missed something: it looks again, too.
                let _ = changes.recv().await;
            }
        };
        if timeout_at(patience.until(&pending.seat), came).await.is_ok() {
            return Ok(false);
        }
        info!(instance = pending.seat.instance, "fencing a launch that did not come");
        self.fence(&pending.seat, pending.writer, pending.member.as_deref()).await
    }

    /// Makes sure that a late writer of this seat fails. `false`: it came after all, or may still come: decide again.
    pub(crate) async fn fence(
        &self,
        seat: &Seat,
        writer: LateWriter,
        member: Option<&DployInstance>,
    ) -> Result<bool, Refusal> {
        let fenced = match (writer, member) {
            (LateWriter::Creates, _) => self.cluster.create(&void(seat)).await.map(drop),
            (LateWriter::Claims, Some(member)) => self.cluster.delete(member).await,
            (LateWriter::Claims, None) => Ok(()),
        };
        match fenced {
            Ok(()) => Ok(true),
            Err(ClusterError::Gone) if writer == LateWriter::Claims => Ok(true),
            Err(ClusterError::Conflict | ClusterError::Exists) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes what is past its deadline, on exactly the version that is. `false`: somebody extended it, or was faster.
    pub(super) async fn retire(&self, expired: &DployInstance) -> Result<bool, Refusal> {
        match self.cluster.delete(expired).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_overtaken() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the cache, which has just seen the pending seat and its instance live, knows something newer of them.
    fn has_moved_on(&self, pending: &Pending, owner: &Owner) -> bool {
        let seat = self.cache.owners.get(&owner.key);
        let is_same_seat =
            seat.is_some_and(|it| seat_of(&it, &pending.seat.template) == Some(&pending.seat));
        let instance = self.cache.instances.get(&pending.seat.instance);
        let version = instance.and_then(|it| it.metadata.resource_version.clone());
        let seen = pending.member.as_ref().and_then(|it| it.metadata.resource_version.clone());
        !is_same_seat || version != seen
    }
}
