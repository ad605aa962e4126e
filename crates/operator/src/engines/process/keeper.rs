//! Keeps one environment's process running until it is told to stop.

mod health;
mod run;

use std::{path::PathBuf, sync::Arc, time::Instant};

use resources::Health;
use tokio::{
    sync::{broadcast, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{Settings, directory::EnvironmentDirectory, ports::Ports, restart::Restarts};
use crate::engines::{Draft, Look, OrderRef};
use run::Down;

/// What all keepers share.
#[derive(Debug)]
pub(super) struct Tools {
    pub(super) settings: Settings,
    pub(super) root: PathBuf,
    pub(super) ports: Ports,
    pub(super) changes: broadcast::Sender<OrderRef>,
}

/// The handle of a task that keeps a process running. Dropping it ends the process too.
#[derive(Debug)]
pub(super) struct Keeper {
    draft: watch::Sender<Draft>,
    state: watch::Receiver<State>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// How the process is, as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    health: Health,
    reason: &'static str,
    message: String,
    engine_ref: Option<String>,
    gone: bool,
}

impl Keeper {
    pub(super) fn start(draft: Draft, tools: Arc<Tools>) -> Self {
        let order = draft.order.reference.clone();
        let (publish, state) = watch::channel(State::starting());
        let (draft, drafts) = watch::channel(draft);
        let stop = CancellationToken::new();
        let task = Task {
            directory: EnvironmentDirectory::of(&tools.root, &order.instance),
            notice: Notice { order, state: publish, changes: tools.changes.clone() },
            tools,
            drafts,
            stop: stop.clone(),
        };
        Self { draft, state, stop, task: tokio::spawn(task.keep()) }
    }

    /// The draft to use from the next start on; what runs, runs on.
    pub(super) fn start_next_time(&self, draft: Draft) {
        self.draft.send_replace(draft);
    }

    pub(super) fn look(&self) -> Look {
        let state = self.state.borrow().clone();
        Look {
            placed: Some(self.draft.borrow().digest()),
            health: state.health,
            reason: state.reason,
            message: state.message,
            engine_ref: state.engine_ref,
        }
    }

    /// Asks the process to end. Whether it, and all that it started, is gone.
    pub(super) fn stop(&self) -> bool {
        self.stop.cancel();
        self.state.borrow().gone
    }

    /// Waits for the end of the task.
    pub(super) async fn ended(mut self) {
        let _ = (&mut self.task).await;
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl State {
    fn starting() -> Self {
        Self {
            health: Health::Progressing,
            reason: "Starting",
            message: "The process is starting.".into(),
            engine_ref: None,
            gone: false,
        }
    }
}

/// Publishes what changes, and tells the controllers to look.
#[derive(Debug)]
struct Notice {
    order: OrderRef,
    state: watch::Sender<State>,
    changes: broadcast::Sender<OrderRef>,
}

impl Notice {
    fn update(&self, change: impl FnOnce(&mut State)) {
        let changed = self.state.send_if_modified(|state| {
            let before = state.clone();
            change(state);
            *state != before
        });
        if changed {
            let _ = self.changes.send(self.order.clone());
        }
    }

    fn health(&self, health: Health, reason: &'static str, message: impl Into<String>) {
        let message = message.into();
        self.update(|state| {
            *state = State { health, reason, message, ..state.clone() };
        });
    }
}

/// The task behind a [`Keeper`].
#[derive(Debug)]
struct Task {
    tools: Arc<Tools>,
    directory: EnvironmentDirectory,
    drafts: watch::Receiver<Draft>,
    notice: Notice,
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
        self.notice.update(|state| state.gone = true);
    }

    fn report(&self, down: &Down, restarts: Restarts) {
        let message = match restarts.in_a_row() {
            1 => format!("{down}. It is started again."),
            times => format!("{down}, {times} times in a row. It is started again, with pauses."),
        };
        tracing::info!(instance = self.notice.order.instance, "{message}");
        self.notice.health(Health::Degraded, down.reason(), message);
    }
}
