//! Serves the queue of a pool (docs/ledger.md, "Queue"): gives ready members to the owners who
//! wait, and releases places. Writes, and reads live what a write is decided on.

use futures::{StreamExt, stream};
use kube::{ResourceExt, core::DeserializeGuard};
use ledger::queue::{SeatStep, assign_patch, is_assigned, is_place, release_patch, seat_step};
use planner::pool::{Assignment, QueueMove};
use resources::{DployInstance, DployOwner, DployTemplate};
use serde_json::{Value, json};

use crate::{
    context::{Reads, Writes},
    error::ReconcileError,
};

/// How many owners are served at the same time.
const MAX_CONCURRENT_SERVINGS: usize = 8;
/// How often the seat of a served owner is written when other requests change the record.
const MAX_SEAT_ATTEMPTS: usize = 5;

/// Carries out the whole move, also when one owner cannot be served. Returns the first failure.
pub(super) async fn serve_queue(
    reads: Reads<'_>,
    writes: Writes<'_>,
    template: &DployTemplate,
    decided: &QueueMove,
) -> Result<(), ReconcileError> {
    let pool = template.name_any();
    let serving = Serving { reads, writes, pool: &pool };
    let assigned = stream::iter(decided.assign.clone())
        .map(|it| serving.assign(it))
        .buffer_unordered(MAX_CONCURRENT_SERVINGS)
        .collect::<Vec<_>>()
        .await;
    // One after the other: so the places start in the order of the queue.
    let mut released = Vec::new();
    for place in &decided.release {
        released.push(serving.release(place).await);
    }
    assigned.into_iter().chain(released).collect()
}

/// The queue of one pool.
#[derive(Clone, Copy)]
struct Serving<'a> {
    reads: Reads<'a>,
    writes: Writes<'a>,
    pool: &'a str,
}

impl Serving<'_> {
    /// Gives a member to the owner of a place: three writes, each of which can be the last one.
    async fn assign(self, Assignment { place, member }: Assignment) -> Result<(), ReconcileError> {
        let Some(place) = self.place(&place) else { return Ok(()) };
        let Some(member) = self.writes.mirrors().instances.get(&member) else { return Ok(()) };
        let Some(patch) = assign_patch(&place, &member, self.writes.now()) else { return Ok(()) };
        let name = place.name_any();
        let seated_in = self.reads.seated_in(&name);
        let step = self.first_step(&place, &member).await?;
        if matches!(step, SeatStep::GivenUp | SeatStep::Unknown) {
            self.writes.served().set_aside(self.pool, &name, seated_in);
            return Ok(());
        }
        self.writes.served().serving(self.pool, &name, Some(&member.name_any()));
        if step == SeatStep::Written {
            // The time of the owner runs, and the owner may have extended it.
            return self.finished(&name, self.end(&name).await.map(|()| true));
        }
        let patch = on_version(&member, patch);
        let member = match self.writes.patch_whole_instance(&member.name_any(), patch).await {
            Ok(member) => member,
            Err(error) => {
                self.failed(&name, &error);
                return Err(error);
            }
        };
        self.finished(&name, self.seat(&place, &member).await)
    }

    /// What a live read finds before the first write.
    async fn first_step(
        self,
        place: &DployInstance,
        member: &DployInstance,
    ) -> Result<SeatStep, ReconcileError> {
        let record = self.record_of(place).await?;
        let step = seat_step(record.as_ref(), place, member, self.writes.now());
        if step == SeatStep::GivenUp {
            self.take_back(&member.name_any(), place).await?;
        }
        Ok(step)
    }

    /// Remembers an assignment that has to go on.
    fn finished(
        self,
        place: &str,
        outcome: Result<bool, ReconcileError>,
    ) -> Result<(), ReconcileError> {
        if !matches!(outcome, Ok(true)) {
            self.writes.served().unfinished(self.pool, place);
        }
        outcome.map(drop)
    }

    /// Makes the seat of the place a seat of the member, and ends the place. `false` when the
    /// assignment has to begin again.
    async fn seat(
        self,
        place: &DployInstance,
        member: &DployInstance,
    ) -> Result<bool, ReconcileError> {
        let mut attempts = 0;
        loop {
            match self.try_to_seat(place, member).await {
                // Another request changed the owner's record meanwhile.
                Err(error) if error.is_conflict() && attempts < MAX_SEAT_ATTEMPTS => attempts += 1,
                seated => return seated,
            }
        }
    }

    async fn try_to_seat(
        self,
        place: &DployInstance,
        member: &DployInstance,
    ) -> Result<bool, ReconcileError> {
        let Some(mut record) = self.record_of(place).await? else { return Ok(false) };
        match seat_step(Some(&record), place, member, self.writes.now()) {
            SeatStep::Write(seats) => {
                record.status.get_or_insert_default().seats = seats;
                self.write_seats(&record).await?;
            }
            SeatStep::Written => {}
            SeatStep::TooLate | SeatStep::Unknown => return Ok(false),
            SeatStep::GivenUp => {
                return self.take_back(&member.name_any(), place).await.map(|()| true);
            }
        }
        tracing::info!(owner = member.spec.owner, member = member.name_any(), "served an owner");
        self.end(&place.name_any()).await.map(|()| true)
    }

    /// The record of the owner who waits. `None`: it is lost or malformed, so it says nothing.
    async fn record_of(self, place: &DployInstance) -> Result<Option<DployOwner>, ReconcileError> {
        let found = self.reads.owner(&place.spec.owner).await?;
        Ok(found.and_then(|DeserializeGuard(record)| record.ok()))
    }

    /// Deletes the member of an owner who gave the place up. No seat has ever named it.
    async fn take_back(self, member: &str, place: &DployInstance) -> Result<(), ReconcileError> {
        match self.reads.instance(member).await? {
            Some(DeserializeGuard(Ok(member))) if is_assigned(&member, place) => {
                self.writes.delete_instance(&member.metadata).await
            }
            Some(_) | None => Ok(()),
        }
    }

    async fn write_seats(self, record: &DployOwner) -> Result<(), ReconcileError> {
        self.writes.replace_status(record, "write the seat of a served owner").await.map(drop)
    }

    /// Deletes the place, on the version that a live read finds.
    async fn end(self, place: &str) -> Result<(), ReconcileError> {
        match self.reads.instance(place).await? {
            Some(DeserializeGuard(Ok(place))) if is_place(&place) => {
                self.writes.delete_instance(&place.metadata).await
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Lets a place start as a member of its own.
    async fn release(self, place: &str) -> Result<(), ReconcileError> {
        let Some(place) = self.place(place) else { return Ok(()) };
        let name = place.name_any();
        self.writes.served().serving(self.pool, &name, None);
        let patch = on_version(&place, release_patch(&place, self.writes.now()));
        let released = self.writes.patch_instance(&name, patch).await;
        match &released {
            Ok(()) => tracing::info!(owner = place.spec.owner, place = name, "released a place"),
            Err(error) => self.failed(&name, error),
        }
        released
    }

    fn place(self, name: &str) -> Option<DployInstance> {
        self.writes.mirrors().instances.get(name).filter(is_place)
    }

    /// A write that met another version certainly had no effect. Any other may have had one.
    fn failed(self, place: &str, error: &ReconcileError) {
        if error.is_conflict() {
            self.writes.served().not_served(self.pool, place);
        } else {
            self.writes.served().unfinished(self.pool, place);
        }
    }
}

/// The patch for exactly the version of `seen`.
fn on_version(seen: &DployInstance, mut patch: Value) -> Value {
    patch["metadata"]["resourceVersion"] = json!(seen.metadata.resource_version);
    patch["metadata"]["uid"] = json!(seen.metadata.uid);
    patch
}
