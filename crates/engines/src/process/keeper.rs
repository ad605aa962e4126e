//! The keeper of one environment's process: runs it, and restarts it, until it is stopped.

mod health;
mod run;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use resources::{Health, OrderRef, Reason, WorkloadState};
use tokio::{
    sync::{broadcast, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{Settings, directory::EnvironmentDirectory, ports::Ports, restart::Restarts};
use crate::Draft;
use run::Down;

/// The state that all keepers share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) root: PathBuf,
    pub(super) ports: Ports,
    pub(super) changes: broadcast::Sender<OrderRef>,
    /// How many keepers were started.
    pub(super) keepers: AtomicU64,
}

/// The handle of a task that keeps a process running. A drop stops the process.
#[derive(Debug)]
pub(super) struct Keeper {
    number: u64,
    draft: watch::Sender<Draft>,
    state: watch::Receiver<ProcessState>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// The published state of the process.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ProcessState {
    health: Health,
    reason: Reason,
    message: String,
    engine_ref: Option<String>,
    gone: bool,
}

impl Keeper {
    pub(super) fn start(draft: Draft, shared: Arc<Shared>) -> Self {
        let order = draft.order.reference.clone();
        let number = shared.keepers.fetch_add(1, Ordering::Relaxed);
        let (publish, state) = watch::channel(ProcessState::starting());
        let (draft, drafts) = watch::channel(draft);
        let stop = CancellationToken::new();
        let task = Task {
            directory: EnvironmentDirectory::of(&shared.root, &order.instance),
            publisher: Publisher { order, state: publish, changes: shared.changes.clone() },
            shared,
            drafts,
            stop: stop.clone(),
        };
        Self { number, draft, state, stop, task: tokio::spawn(task.keep()) }
    }

    /// What distinguishes this keeper from a later one of the same instance.
    pub(super) fn uid(&self) -> String {
        self.number.to_string()
    }

    /// Whether it was asked to stop.
    pub(super) fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Sets the draft for the next start. A running process keeps running.
    pub(super) fn set_next_draft(&self, draft: Draft) {
        self.draft.send_replace(draft);
    }

    pub(super) fn observe(&self) -> WorkloadState {
        let state = self.state.borrow().clone();
        WorkloadState {
            placed: Some(self.draft.borrow().digest()),
            health: state.health,
            reason: state.reason,
            message: state.message,
            engine_ref: state.engine_ref,
            record: None,
        }
    }

    /// Stops the process. Returns whether the process and its descendants are gone.
    pub(super) fn stop(&self) -> bool {
        self.stop.cancel();
        self.state.borrow().gone
    }

    /// Waits until the task ends.
    pub(super) async fn ended(mut self) {
        let _ = (&mut self.task).await;
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl ProcessState {
    fn starting() -> Self {
        Self {
            health: Health::Progressing,
            reason: Reason::Starting,
            message: "The process is starting.".into(),
            engine_ref: None,
            gone: false,
        }
    }
}

/// Publishes the state of the process, and reports its changes to the controllers.
#[derive(Debug)]
struct Publisher {
    order: OrderRef,
    state: watch::Sender<ProcessState>,
    changes: broadcast::Sender<OrderRef>,
}

impl Publisher {
    fn update(&self, change: impl FnOnce(&mut ProcessState)) {
        let changed = self.state.send_if_modified(|state| {
            let before = state.clone();
            change(state);
            *state != before
        });
        if changed {
            let _ = self.changes.send(self.order.clone());
        }
    }

    fn health(&self, health: Health, reason: Reason, message: impl Into<String>) {
        let message = message.into();
        self.update(|state| {
            *state = ProcessState { health, reason, message, ..state.clone() };
        });
    }
}

/// The task behind a [`Keeper`].
#[derive(Debug)]
struct Task {
    shared: Arc<Shared>,
    directory: EnvironmentDirectory,
    drafts: watch::Receiver<Draft>,
    publisher: Publisher,
    stop: CancellationToken,
}

impl Task {
    async fn keep(self) {
        let mut restarts = Restarts::default();
        while !self.stop.is_cancelled() {
            let began = Instant::now();
            let Some(down) = self.run_once().await else { break };
            let pause = restarts.pause_after(began.elapsed());
            self.report(&down, restarts);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.stop.cancelled() => {}
            }
        }
        self.publisher.update(|state| state.gone = true);
    }

    fn report(&self, down: &Down, restarts: Restarts) {
        let message = match restarts.in_a_row() {
            1 => format!("{down}. It is restarted."),
            times => {
                format!("{down}, {times} times in a row. It is restarted with growing pauses.")
            }
        };
        tracing::info!(instance = self.publisher.order.instance, "{message}");
        self.publisher.health(Health::Degraded, down.reason(), message);
    }
}
