//! Engine `manifests`: a workload is the rendered `spec.manifests`, applied server-side in the
//! environment's namespace.
//!
//! Every object has the labels of [`OrderRef::labels`]. The status of the instance records the
//! placed objects, out of reach of whoever may write in the environment's namespace. Objects that a
//! later draft lacks are deleted. Only the kinds in `OperatorConfig.spec.manifests.allowedKinds`
//! may be placed outside of the namespace.
//!
//! The engine needs the rights to get, list, watch, patch, create and delete the kinds that
//! templates use.

mod draft;
mod health;
mod kinds;
mod leftovers;
mod object;
mod observe;
mod placing;

use std::fmt;

use async_trait::async_trait;
use futures::stream::BoxStream;
use kube::Client;
use resources::{ObjectAddress, OperatorConfigSpec, OrderRef, Placed, Placement, WorkloadState};

use super::{Draft, DraftError, Engine, EngineError, Order, Withdrawal, watches::Watches};
use kinds::Kinds;

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

    async fn outside(&self, draft: &Draft) -> Result<Vec<ObjectAddress>, EngineError> {
        placing::outside(&self.kinds, draft).await
    }

    async fn place(&self, draft: Draft) -> Result<WorkloadState, EngineError> {
        let (placement, findings) = placing::place(&self.kinds, &self.watches, &draft).await?;
        Ok(observe::summary(placement, &findings))
    }

    async fn observe(&self, order: &OrderRef) -> Result<WorkloadState, EngineError> {
        observe::observe(&self.kinds, &self.watches, order).await
    }

    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError> {
        let Placement { digest: _, inside: _, outside, leaving } = &order.placement;
        let mut left = Vec::new();
        for object in leaving.iter().chain(outside).rev() {
            if !placing::remove(&self.kinds, order, object).await? {
                left.push(object.to_string());
            }
        }
        if !left.is_empty() {
            let what = left.join(", ");
            return Ok(Withdrawal::StillGoing(format!("Still being deleted: {what}.")));
        }
        self.watches.unfollow(order);
        Ok(Withdrawal::Done)
    }

    async fn list(
        &self,
        installation: &str,
        config: &OperatorConfigSpec,
    ) -> Result<Vec<Placed>, EngineError> {
        leftovers::list(&self.client, installation, config).await
    }

    async fn discard(&self, leftover: &Placed) -> Result<(), EngineError> {
        leftovers::remove(&self.kinds, leftover).await
    }

    fn changes(&self) -> BoxStream<'static, OrderRef> {
        self.watches.changes()
    }

    async fn close(&self) {
        self.watches.end();
    }
}
