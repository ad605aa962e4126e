//! Engines run workloads: Helm charts by Flux or Argo CD, plain manifests, local processes.
//!
//! An engine drafts, places, observes and withdraws one workload. It knows neither owners, pools,
//! deadlines and phases nor the other engines. `docs/adding-an-engine.md` is the checklist for a
//! new engine.

pub mod api_error;
pub mod argocd;
mod chart;
mod error;
#[cfg(feature = "fake")]
pub mod fake;
pub mod flux;
pub mod manifests;
mod order;
mod placed;
#[cfg(feature = "process")]
pub mod process;
mod state;
mod upstream;
mod watches;

use std::{collections::BTreeMap, fmt, sync::Arc};

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use resources::{EngineName, ObjectAddress, OperatorConfigSpec, OrderRef, Placed, WorkloadState};

pub use error::{Blame, DraftError, EngineError};
pub use order::{Draft, Order};

/// Runs workloads of one kind.
#[async_trait]
pub trait Engine: Send + Sync {
    /// Drafts the objects to place for this order. Pure and deterministic: the same order gives the
    /// same draft.
    ///
    /// # Errors
    /// [`DraftError`] when the template gives no draft. Only an edit helps.
    fn draft(&self, order: &Order) -> Result<Draft, DraftError>;

    /// The objects of the draft outside of the environment's namespace. The controller records them
    /// in [`OrderRef::placement`] before it lets the engine place them.
    ///
    /// # Errors
    /// [`EngineError`] when that could not be found out.
    async fn outside(&self, draft: &Draft) -> Result<Vec<ObjectAddress>, EngineError> {
        let _ = draft;
        Ok(Vec::new())
    }

    /// Creates or updates the objects of the draft, and returns their state. Idempotent; does not
    /// wait for health.
    ///
    /// # Errors
    /// [`EngineError`] when an object could not be placed.
    async fn place(&self, draft: Draft) -> Result<WorkloadState, EngineError>;

    /// Observes what was placed for this order, and its health. Reads only.
    ///
    /// # Errors
    /// [`EngineError`] when the state could not be read.
    async fn observe(&self, order: &OrderRef) -> Result<WorkloadState, EngineError>;

    /// Requests the removal of everything that was placed for this order, except for what ends with
    /// the environment's namespace. The controller calls it again until nothing is left. Never
    /// waits. Needs neither the template nor a valid spec. "Already gone" is [`Withdrawal::Done`].
    ///
    /// # Errors
    /// [`EngineError`] when the removal could not be requested.
    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError>;

    /// Lists what this engine runs for instances of one Dploy, found by labels alone: also what no
    /// instance refers to any more. Lists no object that another Dploy, an older Dploy or somebody
    /// else placed. Reads only.
    ///
    /// # Errors
    /// [`EngineError`] when something could not be listed.
    async fn list(
        &self,
        installation: &str,
        config: &OperatorConfigSpec,
    ) -> Result<Vec<Placed>, EngineError> {
        let _ = (installation, config);
        Ok(Vec::new())
    }

    /// Requests the removal of what [`Engine::list`] returned, if its uid is still the same. Never
    /// waits: the caller lists again.
    ///
    /// # Errors
    /// [`EngineError`] when the removal could not be requested.
    async fn discard(&self, leftover: &Placed) -> Result<(), EngineError> {
        let _ = leftover;
        Ok(())
    }

    /// The orders whose workload changed, as they change.
    fn changes(&self) -> BoxStream<'static, OrderRef> {
        stream::pending().boxed()
    }

    /// Ends everything that cannot outlive this server. Called once, when the operator stops.
    async fn close(&self) {}
}

/// How far a withdrawal has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawal {
    /// Nothing is left.
    Done,
    /// Something is left; the text says what.
    StillGoing(String),
}

/// The engines of this operator.
#[derive(Clone, Default)]
pub struct Engines(BTreeMap<EngineName, Arc<dyn Engine>>);

impl Engines {
    /// Adds an engine. It replaces an engine of the same name.
    #[must_use]
    pub fn with(mut self, name: EngineName, engine: Arc<dyn Engine>) -> Self {
        self.0.insert(name, engine);
        self
    }

    /// The engine of that name, if this operator has it.
    #[must_use]
    pub fn get(&self, name: EngineName) -> Option<Arc<dyn Engine>> {
        self.0.get(&name).cloned()
    }

    /// Whether this operator has an engine of that name.
    #[must_use]
    pub fn has(&self, name: EngineName) -> bool {
        self.0.contains_key(&name)
    }

    /// All engines.
    pub fn iter(&self) -> impl Iterator<Item = (EngineName, &dyn Engine)> {
        self.0.iter().map(|(name, engine)| (*name, &**engine))
    }

    /// The changes of all engines.
    #[must_use]
    pub fn changes(&self) -> BoxStream<'static, OrderRef> {
        stream::select_all(self.0.values().map(|engine| engine.changes())).boxed()
    }

    /// Closes all engines.
    pub async fn close(&self) {
        futures::future::join_all(self.0.values().map(|engine| engine.close())).await;
    }
}

impl fmt::Debug for Engines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
