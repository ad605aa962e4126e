use clock::random_hex;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::names::instance_name;
use resources::{DployInstance, DployOwner, Seat};

use super::order::Order;
use crate::{
    Refusal, cache::spec_of, cluster::ClusterError, instant, ledger::seats_with, room::Room,
};

impl Room {
    /// Takes a seat with a fresh uuid, then creates the instance that it names, once.
    pub(super) async fn create_new(
        &self,
        order: &Order,
        record: DployOwner,
    ) -> Result<Option<DployInstance>, Refusal> {
        let seat = self.fresh_seat(order);
        match self.cluster.write_seats(&record, &seats_with(&record, &seat)).await {
            Ok(_) => {}
            Err(error) if error.is_overtaken() => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let resolved = rendering::resolve(
            &order.template,
            spec_of(self.cache.config().as_ref()),
            self.settings.fallback(),
            random_hex::<16>(),
        );
        let instance = order.instance(&seat, resolved, self.clock.now());
        match self.cluster.create(&instance).await {
            Ok(created) => Ok(Some(created)),
            Err(ClusterError::Exists) => Ok(None),
            Err(error @ ClusterError::Unreachable { .. }) => Err(error.into()),
            Err(error) => {
                self.give_back(&order.owner.key, &seat).await;
                Err(error.into())
            }
        }
    }

    fn fresh_seat(&self, order: &Order) -> Seat {
        let uuid = random_hex::<4>();
        let template = order.template_name();
        Seat {
            instance: instance_name(&template, &uuid),
            template,
            uuid,
            since: Time(instant::whole(self.clock.now())),
            chosen_at: None,
        }
    }
}
