use kube::ResourceExt;
use resources::{DployInstance, DployOwner, DployTemplate, Seat};

use crate::{
    Refusal,
    ledger::{
        seats,
        standing::{self, Standing, is_ours, standing},
    },
    room::Room,
};

impl Room {
    /// How many environments the owner may have.
    pub(crate) fn limit_of(&self, record: Option<&DployOwner>) -> u32 {
        let own = record.and_then(|record| record.spec.max_instances);
        own.unwrap_or_else(|| {
            let config = self.cache.config();
            let defaults = config.map_or(self.settings.fallback(), |it| it.spec.defaults);
            defaults.max_instances_per_user
        })
    }

    /// Environments that nobody took a seat for, made with kubectl or by a Dploy older than seats: they count as well.
    pub(crate) fn unseated_count(&self, record: &DployOwner) -> usize {
        let now = self.clock.now();
        let is_seated =
            |it: &DployInstance| seats(record).iter().any(|seat| seat.instance == it.name_any());
        let owned = self.cache.owned_by(&record.name_any());
        owned
            .iter()
            .filter(|it| !is_ours(it) && !is_seated(it))
            .filter(|it| standing::of_owned(it, now) == Standing::Lives)
            .count()
    }

    /// Whether the owner may launch one more by this ledger.
    pub(super) fn is_below_limit(&self, record: &DployOwner, template: &DployTemplate) -> bool {
        let used = seats(record).len() + self.unseated_count(record);
        u32::try_from(used).is_ok_and(|used| used < self.limit_for(record, template))
    }

    /// The same, after all that has ended was freed. `false` when room was made, so that the ledger is another one now.
    pub(super) async fn has_room(
        &self,
        record: &DployOwner,
        template: &DployTemplate,
    ) -> Result<bool, Refusal> {
        if self.is_below_limit(record, template) {
            return Ok(true);
        }
        if self.make_room(record).await? {
            return Ok(false);
        }
        Err(Refusal::QuotaReached(self.limit_for(record, template)))
    }

    fn limit_for(&self, record: &DployOwner, template: &DployTemplate) -> u32 {
        template.spec.max_instances_per_user.unwrap_or_else(|| self.limit_of(Some(record)))
    }

    /// Frees the seats of environments that ended without anybody having freed them yet. Whether there were any.
    async fn make_room(&self, record: &DployOwner) -> Result<bool, Refusal> {
        let mut kept = Vec::new();
        for seat in seats(record) {
            if !self.has_ended(record, seat).await? {
                kept.push(seat.clone());
            }
        }
        if kept.len() == seats(record).len() {
            return Ok(false);
        }
        match self.cluster.write_seats(record, &kept).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_overtaken() => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the seat's environment is being deleted; one past its deadline is deleted here.
    async fn has_ended(&self, record: &DployOwner, seat: &Seat) -> Result<bool, Refusal> {
        let key = record.name_any();
        let now = self.clock.now();
        let known = self.cache.instances.get(&seat.instance);
        let may_have_ended = known.is_some_and(|known| {
            matches!(standing(seat, &key, Some(&known), now), Standing::Expired | Standing::Leaving)
        });
        if !may_have_ended {
            return Ok(false);
        }
        let Some(live) = self.cluster.instance(&seat.instance).await? else { return Ok(false) };
        match standing(seat, &key, Some(&live), now) {
            Standing::Leaving => Ok(true),
            Standing::Expired => self.retire(&live).await,
            Standing::Lives | Standing::Unwritten(_) | Standing::Over => Ok(false),
        }
    }
}
