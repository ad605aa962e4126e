//! The engine of one operator: the shared fake one, behind the network.

use std::sync::Arc;

use async_trait::async_trait;
use engines::{Draft, DraftError, Engine, EngineError, Order, Withdrawal, fake::Fake};
use futures::stream::BoxStream;
use resources::{OperatorConfigSpec, OrderRef, Placed, WorkloadState};

use crate::network::{Network, NodeState};

/// The engine of one operator.
pub(crate) struct RemoteEngine {
    fake: Arc<Fake>,
    network: Network,
    node: Arc<NodeState>,
}

impl RemoteEngine {
    pub(crate) fn new(fake: &Arc<Fake>, network: &Network, node: &Arc<NodeState>) -> Self {
        Self { fake: Arc::clone(fake), network: network.clone(), node: Arc::clone(node) }
    }
}

/// The answer, or an error if it was lost.
fn answered<T>(
    operation: &'static str,
    answer: Option<Result<T, EngineError>>,
) -> Result<T, EngineError> {
    answer.unwrap_or_else(|| Err(EngineError::world(operation, "no answer")))
}

#[async_trait]
impl Engine for RemoteEngine {
    fn draft(&self, order: &Order) -> Result<Draft, DraftError> {
        self.fake.draft(order)
    }

    async fn place(&self, draft: Draft) -> Result<WorkloadState, EngineError> {
        let (fake, name) = (Arc::clone(&self.fake), draft.order.reference.instance.clone());
        let effect = async move { fake.place(draft).await };
        answered("place", self.network.engine(&self.node, "place", &name, effect).await)
    }

    async fn observe(&self, order: &OrderRef) -> Result<WorkloadState, EngineError> {
        self.fake.observe(order).await
    }

    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError> {
        let (fake, name, order) = (Arc::clone(&self.fake), &order.instance, order.clone());
        let effect = async move { fake.withdraw(&order).await };
        answered("withdraw", self.network.engine(&self.node, "withdraw", name, effect).await)
    }

    async fn list(
        &self,
        installation: &str,
        config: &OperatorConfigSpec,
    ) -> Result<Vec<Placed>, EngineError> {
        let (fake, installation, config) =
            (Arc::clone(&self.fake), installation.to_owned(), config.clone());
        let effect = async move { fake.list(&installation, &config).await };
        answered("list", self.network.engine(&self.node, "list", "", effect).await)
    }

    async fn discard(&self, leftover: &Placed) -> Result<(), EngineError> {
        let (fake, name, leftover) = (Arc::clone(&self.fake), &leftover.name, leftover.clone());
        let effect = async move { fake.discard(&leftover).await };
        answered("discard", self.network.engine(&self.node, "discard", name, effect).await)
    }

    fn changes(&self) -> BoxStream<'static, OrderRef> {
        self.fake.changes()
    }
}
