//! Engine `manifests`: a workload is what `spec.manifests` renders to, applied server-side into the environment's namespace.
//!
//! Everything carries the labels `dploy.dev/managed` and `dploy.dev/instance`; the ConfigMap `dploy-inventory` in the
//! environment's namespace names what was placed. What a later draft no longer has is deleted. Nothing leaves the namespace
//! but the kinds that `OperatorConfig.spec.manifests.allowedKinds` lists.
//!
//! It needs the rights to get, list, watch, patch, create and delete the kinds that templates use.

mod draft;
mod health;
mod inventory;
mod kinds;
mod looking;
mod object;
mod placing;

use std::fmt;

use async_trait::async_trait;
use futures::stream::BoxStream;
use kube::Client;

use super::{
    Draft, DraftError, Engine, EngineError, Look, Order, OrderRef, Withdrawal, watches::Watches,
};
use inventory::Contents;
use kinds::Kinds;
use object::ObjectRef;

/// Engine `manifests`.
pub struct ManifestsEngine {
    client: Client,
    kinds: Kinds,
    watches: Watches,
}

impl ManifestsEngine {
    /// The engine at work in the client's cluster.
    #[must_use]
    pub fn new(client: Client) -> Self {
        let kinds = Kinds::new(client.clone());
        let watches = Watches::new(client.clone());
        Self { client, kinds, watches }
    }

    /// Speaks up from now on when one of these objects changes.
    async fn follow(&self, order: &OrderRef, objects: &[ObjectRef]) {
        self.watches.follow(order);
        for object in objects {
            // A kind that is not served is looked for again at the next look.
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

    async fn look(&self, order: &OrderRef) -> Result<Look, EngineError> {
        let (look, objects) = looking::look(&self.client, &self.kinds, order).await?;
        self.follow(order, &objects).await;
        Ok(look)
    }

    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError> {
        let Some(inventory) = inventory::read(&self.client, order).await? else {
            self.watches.leave(order);
            return Ok(Withdrawal::Done);
        };
        let Contents { entries, .. } = &inventory.contents;
        let mut standing = Vec::new();
        for entry in entries.iter().rev() {
            if !placing::remove(&self.kinds, order, &entry.object).await? {
                standing.push(entry.object.to_string());
            }
        }
        if !standing.is_empty() {
            let what = standing.join(", ");
            return Ok(Withdrawal::StillGoing(format!("Still being deleted: {what}.")));
        }
        inventory.discard(&self.client, order).await?;
        self.watches.leave(order);
        Ok(Withdrawal::Done)
    }

    fn changes(&self) -> BoxStream<'static, OrderRef> {
        self.watches.changes()
    }

    async fn close(&self) {
        self.watches.end();
    }
}
