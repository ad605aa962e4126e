//! Gates that stop one request.

use std::sync::Arc;

use tokio::sync::SetOnce;

/// Stops one request. Clones are the same gate.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<State>);

#[derive(Debug, Default)]
struct State {
    arrived: SetOnce<()>,
    /// Whether the request may pass.
    passes: SetOnce<bool>,
}

impl Gate {
    /// Waits until the request is stopped.
    pub async fn arrived(&self) {
        self.0.arrived.wait().await;
    }

    /// Lets the request through.
    pub fn open(&self) {
        self.decide(true);
    }

    /// Answers the request with a 403. It has no effect.
    pub fn refuse(&self) {
        self.decide(false);
    }

    /// The first decision counts.
    fn decide(&self, passes: bool) {
        let _ = self.0.passes.set(passes);
    }

    /// Stops the request. Returns whether it may pass.
    pub(crate) async fn stop(&self) -> bool {
        let _ = self.0.arrived.set(());
        *self.0.passes.wait().await
    }
}
