//! What runs workloads. Engines are strangers to each other and to the controllers: an engine knows how to draft, place,
//! look at and withdraw one workload, and nothing of owners, pools, deadlines or phases.
//!
//! `docs/adding-an-engine.md` is the checklist for another one.

pub mod argocd;
mod chart;
mod error;
pub mod flux;
pub mod manifests;
mod order;
pub mod process;
mod state;
mod upstream;
mod watches;

use std::{collections::HashMap, fmt, sync::Arc};

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use resources::{EngineName, Health};

pub use error::{Blame, DraftError, EngineError};
pub use order::{Draft, Order, OrderRef};

/// Runs workloads of one kind.
#[async_trait]
pub trait Engine: Send + Sync {
    /// What would be placed for this order. Pure and deterministic: the same order gives the same draft.
    ///
    /// # Errors
    /// [`DraftError`] when the template cannot give one; only an edit can change that.
    fn draft(&self, order: &Order) -> Result<Draft, DraftError>;

    /// Makes the draft real, or brings what stands in line with it. Idempotent; does not wait for health.
    ///
    /// # Errors
    /// [`EngineError`] when it could not be placed.
    async fn place(&self, draft: Draft) -> Result<(), EngineError>;

    /// What stands for this order, and how it is. Reads only.
    ///
    /// # Errors
    /// [`EngineError`] when it could not be read.
    async fn look(&self, order: &OrderRef) -> Result<Look, EngineError>;

    /// Takes away what stands for this order, as often as it is asked, until nothing is left. Never waits; needs neither the
    /// template nor a valid spec; "already gone" is [`Withdrawal::Done`].
    ///
    /// # Errors
    /// [`EngineError`] when it could not be asked for.
    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError>;

    /// Orders that are worth another look, as they change.
    fn changes(&self) -> BoxStream<'static, OrderRef> {
        stream::pending().boxed()
    }

    /// Ends what cannot outlive this server; called once, when the operator stops.
    async fn close(&self) {}
}

/// How a workload was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The digest of the draft that stands; `None` when nothing stands, or nothing that a draft of ours made.
    pub placed: Option<String>,
    /// How it is.
    pub health: Health,
    /// Why, as a condition's reason: CamelCase, stable.
    pub reason: &'static str,
    /// Why, as a sentence for the owner.
    pub message: String,
    /// What the engine calls it, once that is known.
    pub engine_ref: Option<String>,
}

impl Look {
    /// Nothing stands.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            placed: None,
            health: Health::Progressing,
            reason: "NotPlaced",
            message: "The workload has not been started yet.".into(),
            engine_ref: None,
        }
    }
}

/// How far a withdrawal has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawal {
    /// Nothing is left.
    Done,
    /// Something still stands; the text says what.
    StillGoing(String),
}

/// The engines that this operator has.
#[derive(Clone, Default)]
pub struct Engines(HashMap<EngineName, Arc<dyn Engine>>);

impl Engines {
    /// The same engines and one more; it replaces one of the same name.
    #[must_use]
    pub fn with(mut self, name: EngineName, engine: Arc<dyn Engine>) -> Self {
        self.0.insert(name, engine);
        self
    }

    /// The engine of that name, where this operator has it.
    #[must_use]
    pub fn get(&self, name: EngineName) -> Option<Arc<dyn Engine>> {
        self.0.get(&name).cloned()
    }

    /// Whether this operator has an engine of that name.
    #[must_use]
    pub fn has(&self, name: EngineName) -> bool {
        self.0.contains_key(&name)
    }

    /// What any of the engines says has changed.
    pub(crate) fn changes(&self) -> BoxStream<'static, OrderRef> {
        stream::select_all(self.0.values().map(|engine| engine.changes())).boxed()
    }

    /// Closes all engines.
    pub(crate) async fn close(&self) {
        futures::future::join_all(self.0.values().map(|engine| engine.close())).await;
    }
}

impl fmt::Debug for Engines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
