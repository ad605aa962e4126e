//! What the network knows of a node: whether it lives, stands still or hears of changes.

use std::{
    fmt,
    future::pending,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{Instant, Sleep, sleep_until},
};

use crate::{dice::Dice, plan::Node, sim_clock::SimClock};

/// What the network knows of a node.
pub(crate) struct NodeState {
    pub(crate) node: Node,
    /// How often the node was started before.
    incarnation: usize,
    pub(crate) clock: Arc<SimClock>,
    /// The latency of the node's calls. No other node's calls change it, so that a shrunk plan
    /// still does the same to the others.
    pub(crate) dice: Dice,
    lives: AtomicBool,
    stalled_until: Mutex<Option<Instant>>,
    /// Counts the ends of watches.
    pub(crate) watches: watch::Sender<u64>,
}

impl fmt::Debug for NodeState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl NodeState {
    /// A node that was started `incarnation` times before.
    pub(crate) fn new(seed: u64, node: Node, incarnation: usize, start: Instant) -> Arc<Self> {
        Arc::new(Self {
            dice: Dice::of(seed, &format!("latency of {node} {incarnation}")),
            node,
            incarnation,
            clock: SimClock::from(start),
            lives: AtomicBool::new(true),
            stalled_until: Mutex::default(),
            watches: watch::Sender::new(0),
        })
    }

    /// The name in the schedule. It has a mark for each restart.
    pub(crate) fn name(&self) -> String {
        format!("{}{}", self.node, "'".repeat(self.incarnation))
    }

    pub(crate) fn dies(&self) {
        self.lives.store(false, Ordering::Relaxed);
    }

    /// Freezes the node. A frozen one stays so until its first freeze ends, because it has computed
    /// with that time already.
    pub(crate) fn freeze(&self, milliseconds: u64) {
        if self.frozen_until().is_none() {
            self.clock.freeze_until(Instant::now() + Duration::from_millis(milliseconds));
        }
    }

    pub(crate) fn stall_watches(&self, milliseconds: u64) {
        set(&self.stalled_until, milliseconds);
    }

    /// Ends all stalling.
    pub(crate) fn calm(&self) {
        set(&self.stalled_until, 0);
    }

    /// When its freeze ends; `None` if it is not frozen.
    pub(crate) fn frozen_until(&self) -> Option<Instant> {
        self.clock.frozen_until()
    }

    /// Waits while this node is dead, that is, for ever.
    pub(crate) async fn to_live(&self) {
        if !self.lives.load(Ordering::Relaxed) {
            pending::<()>().await;
        }
    }

    /// Waits until this node can send. A dead one never can.
    pub(crate) async fn to_send(&self) {
        self.to_live().await;
        while let Some(until) = self.frozen_until() {
            sleep_until(soon(until)).await;
        }
    }

    /// Waits until the node's watches report.
    pub(crate) async fn to_watch(&self) {
        while let Some(until) = get(&self.stalled_until) {
            sleep_until(soon(until)).await;
        }
        self.to_send().await;
    }
}

fn set(until: &Mutex<Option<Instant>>, milliseconds: u64) {
    let end = Instant::now() + Duration::from_millis(milliseconds);
    *until.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
}

/// That time, or an earlier one to look again: the end of all troubles comes before it.
fn soon(until: Instant) -> Instant {
    until.min(Instant::now() + Duration::from_secs(1))
}

/// The end of the time, if that is not over.
fn get(until: &Mutex<Option<Instant>>) -> Option<Instant> {
    let until = *until.lock().unwrap_or_else(PoisonError::into_inner);
    until.filter(|until| *until > Instant::now())
}

/// A computation of a node, which makes no progress while the node is frozen.
pub(crate) struct Thawed<F> {
    node: Arc<NodeState>,
    inner: Pin<Box<F>>,
    thaw: Option<Pin<Box<Sleep>>>,
}

impl<F: Future> Thawed<F> {
    pub(crate) fn new(node: &Arc<NodeState>, inner: F) -> Self {
        Self { node: Arc::clone(node), inner: Box::pin(inner), thaw: None }
    }
}

impl<F: Future> Future for Thawed<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        while let Some(until) = self.node.frozen_until() {
            let thaw = self.thaw.get_or_insert_with(|| Box::pin(sleep_until(soon(until))));
            if thaw.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.thaw = None;
        }
        self.inner.as_mut().poll(context)
    }
}
