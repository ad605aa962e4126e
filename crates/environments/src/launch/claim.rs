use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt;
use resources::{DployInstance, DployOwner, Health, Phase, ResolvedTemplate, Seat};
use tokio::time::{Instant, timeout_at};

use super::order::Order;
use crate::{
    Refusal,
    cache::InstanceKey,
    cluster::ClusterError,
    courtesy::{Attempts, Reservation},
    instant,
    ledger::{seat_of, seats_with, standing::is_unclaimed},
    room::Room,
};

/// How long a request waits for a member that another request of this replica has reserved and may not need.
const PATIENCE: Duration = Duration::from_secs(1);

/// A warm member that this request alone, in this replica, tries for.
#[derive(Debug)]
struct Candidate {
    member: Arc<DployInstance>,
    resolved: ResolvedTemplate,
    uuid: String,
    _reservation: Reservation,
}

impl Room {
    /// Takes a seat that names a warm member and its version, then makes the member the owner's on exactly that version.
    pub(super) async fn claim(
        &self,
        order: &Order,
        mut record: DployOwner,
    ) -> Result<Option<DployInstance>, Refusal> {
        let mut attempts = Attempts::default();
        loop {
            let Some(candidate) = self.reserve_member(order).await else {
                if let Some(useless) = seat_of(&record, &order.template_name()).cloned() {
                    self.give_back(&order.owner.key, &useless).await;
                }
                return Err(Refusal::PoolEmpty);
            };
            let seat = self.seat_at(order, &candidate);
            record = match self.cluster.write_seats(&record, &seats_with(&record, &seat)).await {
                Ok(written) => written,
                Err(error) if error.is_overtaken() => return Ok(None),
                Err(error) => return Err(error.into()),
            };
            if let Some(claimed) = self.make_theirs(order, &candidate, &seat).await? {
                return Ok(Some(claimed));
            }
            drop(candidate);
            attempts.again().await?;
        }
    }

    /// `None` when the member is not the one that was chosen any more. Nobody else finishes a seat that this request wrote,
    /// so that it may write another in its place at once.
    async fn make_theirs(
        &self,
        order: &Order,
        candidate: &Candidate,
        seat: &Seat,
    ) -> Result<Option<DployInstance>, Refusal> {
        let patch = order.claim(candidate.resolved.ttl_seconds, self.clock.now());
        match self.cluster.patch(&candidate.member, patch).await {
            Ok(claimed) => Ok(Some(claimed)),
            Err(error @ ClusterError::Unreachable { .. }) => Err(error.into()),
            Err(error) if error.is_overtaken() => {
                // So that the cache knows what became of it, before anybody chooses again.
                self.cluster.instance(&seat.instance).await?;
                Ok(None)
            }
            Err(error) => {
                self.give_back(&order.owner.key, seat).await;
                Err(error.into())
            }
        }
    }

    fn seat_at(&self, order: &Order, candidate: &Candidate) -> Seat {
        Seat {
            template: order.template_name(),
            instance: candidate.member.name_any(),
            uuid: candidate.uuid.clone(),
            since: Time(instant::whole(self.clock.now())),
            chosen_at: candidate.member.resource_version(),
        }
    }

    /// A warm member that no other request of this replica tries for. While others have reserved all that are left, waits
    /// whether they need them.
    async fn reserve_member(&self, order: &Order) -> Option<Candidate> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let released = self.reservations.released();
            let warm = self.warm_members(order);
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
        let reservation = self.reservations.reserve(name)?;
        // Looked at only now: whoever had it reserved may have claimed it.
        let member = self.cache.instances.get(name).filter(|member| is_warm(member))?;
        let resolved = member.spec.resolved.clone()?;
        let uuid = member.spec.uuid.clone()?;
        Some(Candidate { member, resolved, uuid, _reservation: reservation })
    }

    /// The names of the members that can be claimed, in an order that depends on the owner, so that a crowd on several
    /// replicas does not fight over the first one.
    fn warm_members(&self, order: &Order) -> Vec<String> {
        let members = self.cache.instances.find(&InstanceKey::Unclaimed(order.template_name()));
        let mut names: Vec<String> =
            members.iter().filter(|it| is_warm(it)).map(|it| it.name_any()).collect();
        names.sort_by_cached_key(|name| place_in_line(&order.owner.key, name));
        names
    }
}

/// Whether a member can be claimed and used at once.
pub(crate) fn is_warm(member: &DployInstance) -> bool {
    let Some(status) = &member.status else { return false };
    is_unclaimed(member)
        && status.phase == Some(Phase::Available)
        && matches!(status.health, None | Some(Health::Healthy))
        && member.spec.resolved.is_some()
        && member.spec.uuid.is_some()
}

fn place_in_line(owner: &str, member: &str) -> u64 {
    let mut hash = DefaultHasher::new();
    (owner, member).hash(&mut hash);
    hash.finish()
}
