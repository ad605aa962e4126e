//! Engine `manifests`: a workload is the rendered `spec.manifests`, applied server-side in the
//! environment's namespace.
//!
//! Every object has the labels of [`OrderRef::labels`]. The ConfigMap `dploy-inventory` in the
//! environment's namespace lists the placed objects. Objects that a later draft lacks are deleted.
//! Only the kinds in `OperatorConfig.spec.manifests.allowedKinds` may be placed outside of the
//! namespace.
//!
//! The engine needs the rights to get, list, watch, patch, create and delete the kinds that
//! templates use.

mod draft;
mod health;
mod inventory;
mod kinds;
mod leftovers;
mod object;
mod observe;
mod placing;

use std::fmt;

use async_trait::async_trait;
use futures::stream::BoxStream;
use kube::Client;
use resources::{OperatorConfigSpec, OrderRef, Placed, WorkloadState};

use super::{Draft, DraftError, Engine, EngineError, Order, Withdrawal, watches::Watches};
use inventory::{Contents, Inventory};
use kinds::Kinds;
use object::ObjectRef;

/// Engine `manifests`.
pub struct ManifestsEngine {
    client: Client,
    kinds: Kinds,
    watches: Watches,
}

impl ManifestsEngine {
    /// The engine for the client's cluster.
    #[must_use]
    pub fn new(client: Client) -> Self {
        let kinds = Kinds::new(client.clone());
        let watches = Watches::new(client.clone());
        Self { client, kinds, watches }
    }

    /// Removes the objects that an inventory lists, then the inventory.
    async fn withdraw_listed(
        &self,
        order: &OrderRef,
        inventory: Inventory,
    ) -> Result<Withdrawal, EngineError> {
        let Contents { entries, .. } = &inventory.contents;
        let mut left = Vec::new();
        for entry in entries.iter().rev() {
            if !placing::remove(&self.kinds, order, &entry.object).await? {
                left.push(entry.object.to_string());
            }
        }
        if !left.is_empty() {
            let what = left.join(", ");
            return Ok(Withdrawal::StillGoing(format!("Still being deleted: {what}.")));
        }
        inventory.discard(&self.client, order).await?;
        Ok(Withdrawal::Done)
    }

    /// Reports changes of these objects from now on.
    async fn follow(&self, order: &OrderRef, objects: &[ObjectRef]) {
        self.watches.follow(order);
        for object in objects {
            // A kind that is not served is tried again at the next observation.
            if let Ok(served) = self.kinds.served(object).await {
                self.watches.watch(served.resource);
            }
        }
    }
}

impl fmt::Debug for ManifestsEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManifestsEngine").finish_non_exhaustive()
    }
}

#[async_trait]
impl Engine for ManifestsEngine {
    fn draft(&self, order: &Order) -> Result<Draft, DraftError> {
        draft::draft(order)
    }

    async fn place(&self, draft: Draft) -> Result<(), EngineError> {
        let placed = placing::place(&self.client, &self.kinds, &draft).await?;
        self.follow(&draft.order.reference, &placed).await;
        Ok(())
    }

    async fn observe(&self, order: &OrderRef) -> Result<WorkloadState, EngineError> {
        let (state, objects) = observe::observe(&self.client, &self.kinds, order).await?;
        self.follow(order, &objects).await;
        Ok(state)
    }

    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError> {
        let Some(inventory) = inventory::read(&self.client, order).await? else {
            self.watches.unfollow(order);
            return Ok(Withdrawal::Done);
        };
        let withdrawal = self.withdraw_listed(order, inventory).await?;
        if withdrawal == Withdrawal::Done {
            self.watches.unfollow(order);
        }
        Ok(withdrawal)
    }

    async fn list(
        &self,
        installation: &str,
        config: &OperatorConfigSpec,
    ) -> Result<Vec<Placed>, EngineError> {
        leftovers::list(&self.client, installation, config).await
    }

    async fn discard(&self, leftover: &Placed) -> Result<(), EngineError> {
        if !leftovers::is_inventory(leftover) {
            return leftovers::remove(&self.kinds, leftover).await;
        }
        let order = leftovers::order(leftover);
        match inventory::read(&self.client, &order).await? {
            Some(inventory) if inventory.is(&leftover.uid) => {
                self.withdraw_listed(&order, inventory).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    fn changes(&self) -> BoxStream<'static, OrderRef> {
        self.watches.changes()
    }

    async fn close(&self) {
        self.watches.end();
    }
}
