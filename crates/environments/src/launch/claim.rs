//! Claim: a seat that names a warm member and its version, then the member on exactly that version
//! (docs/ledger.md, "Claim").

use std::{borrow::Cow, sync::Arc};

use kube::ResourceExt;
use ledger::{
    claim::{Claimable, claimable, is_warm, sort_for_owner},
    order::Order,
    seats::{SeatKey, seat_at, seat_to_claim},
    timeouts::RESERVATION_TIMEOUT,
};
use resources::{DployInstance, DployOwner, DployTemplate, Seat};
use tokio::time::{Instant, timeout_at};

use super::{personal_values, write_seat::write_seat, written_environment};
use crate::{
    Refusal,
    cache::InstanceKey,
    cluster::ClusterError,
    contention::Reservation,
    free_seat::give_back,
    own_effect::{Effect, or_own_effect},
    ports::{Ports, Reads},
    queue::{self, Entry},
};

/// One claim.
pub(super) struct Claim<'a> {
    ports: Ports<'a>,
    key: &'a SeatKey,
    order: &'a Order,
}

/// A warm member that this request has reserved in this replica.
#[derive(Debug)]
struct Candidate {
    member: Arc<DployInstance>,
    claimable: Claimable,
    _reservation: Reservation,
}

impl<'a> Claim<'a> {
    pub(super) const fn new(ports: Ports<'a>, key: &'a SeatKey, order: &'a Order) -> Self {
        Self { ports, key, order }
    }

    /// Tries one warm member after the other. `None` when another request wrote the record first.
    ///
    /// # Errors
    /// [`Refusal::PoolEmpty`] when no warm member is left.
    pub(super) async fn run(
        &self,
        mut record: DployOwner,
    ) -> Result<Option<DployInstance>, Refusal> {
        let mut attempts = self.ports.attempts();
        loop {
            let Some(candidate) = self.reserve_member().await else {
                if let Some(seat) = seat_at(&record, self.key).cloned() {
                    give_back(self.ports, &self.order.owner, &seat).await;
                }
                return Err(pool_empty(self.ports.reads, &self.key.template));
            };
            let order = self.order_for(&candidate.member);
            self.check_values(&candidate.member, &order).await?;
            let (now, ticket) = (self.ports.reads.now(), self.ports.reads.world.random_hex::<8>());
            let Candidate { member, claimable, .. } = &candidate;
            let seat = seat_to_claim(self.key, member, &claimable.uuid, &ticket, now);
            record = match write_seat(self.ports, &record, &seat).await? {
                Some(written) => written,
                None => return Ok(None),
            };
            if let Some(claimed) = self.claim_member(&candidate, &order, &record, &seat).await? {
                return Ok(Some(claimed));
            }
            drop(candidate);
            attempts.again().await?;
        }
    }

    /// Checks what the member would render after its claim.
    async fn check_values(&self, member: &DployInstance, order: &Order) -> Result<(), Refusal> {
        let reads = self.ports.reads;
        let Some(revision) = reads.cache.revision_of(member) else { return Ok(()) };
        let claimed = || personal_values::claimed(member, order);
        personal_values::check(reads, order, revision, claimed).await
    }

    /// The order with the claims that the member's revision reads.
    fn order_for(&self, member: &DployInstance) -> Cow<'a, Order> {
        match self.ports.reads.cache.revision_of(member) {
            Some(revision) => Cow::Owned(self.order.with_claims(|claims| revision.used(claims))),
            None => Cow::Borrowed(self.order),
        }
    }

    /// Makes the member the owner's. `None` when the member has changed since it was chosen. No
    /// other request completes a seat that this request wrote, so this request may replace that
    /// seat at once.
    async fn claim_member(
        &self,
        candidate: &Candidate,
        order: &Order,
        record: &DployOwner,
        seat: &Seat,
    ) -> Result<Option<DployInstance>, Refusal> {
        let Ports { reads, writes, .. } = self.ports;
        let patch = order.claim_patch(candidate.claimable.ttl_seconds, reads.now());
        // The live read also updates the cache, from which the next member is chosen.
        let own_claim = written_environment(self.ports, record, seat);
        match writes.patch(&candidate.member, patch).await {
            Err(refused @ ClusterError::Refused { .. }) => match own_claim.await? {
                Effect::Own(claimed) => Ok(Some(claimed)),
                Effect::Never | Effect::Open => {
                    give_back(self.ports, &self.order.owner, seat).await;
                    Err(refused.into())
                }
            },
            claimed => or_own_effect(claimed, own_claim).await,
        }
    }

    /// A warm member that no other request of this replica has reserved. While other requests have
    /// reserved all of them, waits for the end of a reservation.
    async fn reserve_member(&self) -> Option<Candidate> {
        let deadline = Instant::now() + RESERVATION_TIMEOUT;
        loop {
            let released = self.ports.contention.reservations.released();
            let warm = self.warm_members();
            if warm.is_empty() {
                return None;
            }
            if let Some(candidate) = warm.iter().find_map(|name| self.reserve(name)) {
                return Some(candidate);
            }
            timeout_at(deadline, released).await.ok()?;
        }
    }

    fn reserve(&self, name: &str) -> Option<Candidate> {
        let reservation = self.ports.contention.reservations.reserve(name)?;
        // The last request that reserved the member may have claimed it, so the cache is read after
        // the reservation.
        let member = self.ports.reads.cache.instances.get(name)?;
        let claimable = claimable(&member)?;
        Some(Candidate { member, claimable, _reservation: reservation })
    }

    /// The names of the warm members, in the order in which this owner tries them.
    fn warm_members(&self) -> Vec<String> {
        let mut names = warm_members(self.ports.reads, &self.key.template);
        sort_for_owner(&mut names, &self.order.owner);
        names
    }
}

/// The names of the warm members of a template's pool in the cache.
fn warm_members(reads: &Reads, template: &str) -> Vec<String> {
    let members = reads.cache.instances.find(&InstanceKey::Unclaimed(template.to_owned()));
    members.iter().filter(|it| is_warm(it)).map(|it| it.name_any()).collect()
}

/// How a launch gets a member of the template's pool, as the cache shows it.
pub(super) fn entry(reads: &Reads, template: &DployTemplate) -> Entry {
    let has_warm = !warm_members(reads, &template.name_any()).is_empty();
    queue::entry(reads, template, has_warm)
}

/// The refusal of a launch that finds no warm member.
pub(super) fn pool_empty(reads: &Reads, template: &str) -> Refusal {
    Refusal::PoolEmpty { retry_after: queue::retry_after(reads, template) }
}
