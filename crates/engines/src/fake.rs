//! An engine for tests: it runs nothing, and the test controls its health and its failures.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use futures::{StreamExt, stream::BoxStream};
use resources::{
    Health, OperatorConfigSpec, OrderRef, Placed, Placement, Reason, Source, WorkloadState,
};
use serde_json::json;
use tokio::sync::broadcast;

use crate::{Draft, DraftError, Engine, EngineError, Order, Withdrawal};

/// The port at which it says that each workload listens.
const PORT: u16 = 7_000;

/// An engine that only remembers what it was asked to place.
#[derive(Debug)]
pub struct Fake {
    placed: Mutex<BTreeMap<String, String>>,
    unwell: Mutex<BTreeMap<String, Health>>,
    everybody: Mutex<Health>,
    stubborn: AtomicBool,
    full: AtomicBool,
    changes: broadcast::Sender<OrderRef>,
    looks: AtomicUsize,
    ever_placed: Mutex<BTreeSet<String>>,
}

impl Default for Fake {
    fn default() -> Self {
        Self {
            placed: Mutex::default(),
            unwell: Mutex::default(),
            everybody: Mutex::new(Health::Healthy),
            stubborn: AtomicBool::new(false),
            full: AtomicBool::new(false),
            changes: broadcast::channel(1024).0,
            looks: AtomicUsize::new(0),
            ever_placed: Mutex::default(),
        }
    }
}

impl Fake {
    /// The names of the placed workloads.
    #[must_use]
    pub fn standing(&self) -> Vec<String> {
        lock(&self.placed).keys().cloned().collect()
    }

    /// The number of workloads that were placed so far.
    #[must_use]
    pub fn placed_so_far(&self) -> usize {
        lock(&self.ever_placed).len()
    }

    /// How often workloads were observed.
    #[must_use]
    pub fn looks(&self) -> usize {
        self.looks.load(Ordering::SeqCst)
    }

    /// Sets the health of one workload.
    pub fn is(&self, instance: &str, health: Health) {
        lock(&self.unwell).insert(instance.into(), health);
        self.speak_up(instance);
    }

    /// Sets the health of all workloads that have none of their own.
    pub fn all_are(&self, health: Health) {
        *lock(&self.everybody) = health;
        for instance in self.standing() {
            self.speak_up(&instance);
        }
    }

    /// Sets whether withdrawals make no progress.
    pub fn hold_on(&self, stubborn: bool) {
        self.stubborn.store(stubborn, Ordering::SeqCst);
    }

    /// Sets whether placements fail.
    pub fn is_full(&self, full: bool) {
        self.full.store(full, Ordering::SeqCst);
    }

    fn state(&self, order: &OrderRef) -> WorkloadState {
        let Some(digest) = lock(&self.placed).get(&order.instance).cloned() else {
            return WorkloadState::absent();
        };
        let everybody = *lock(&self.everybody);
        let health = *lock(&self.unwell).get(&order.instance).unwrap_or(&everybody);
        let reason = match health {
            Health::Healthy => Reason::Healthy,
            Health::Progressing => Reason::Starting,
            Health::Degraded => Reason::Degraded,
        };
        let engine_ref = Some(format!("fake/{}:{PORT}", order.instance));
        WorkloadState {
            placed: Some(digest),
            health,
            reason,
            message: "So it is.".into(),
            engine_ref,
            record: None,
        }
    }

    fn speak_up(&self, instance: &str) {
        let _ = self.changes.send(OrderRef {
            instance: instance.into(),
            uuid: String::new(),
            namespace: String::new(),
            installation: String::new(),
            engine_ref: None,
            placement: Placement::default(),
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Engine for Fake {
    fn draft(&self, order: &Order) -> Result<Draft, DraftError> {
        let chart = order.revision.chart.as_ref();
        let chart = chart.ok_or(DraftError::Missing(Source::Chart.field()))?;
        Ok(Draft { order: order.clone(), documents: vec![json!(chart)] })
    }

    async fn place(&self, draft: Draft) -> Result<WorkloadState, EngineError> {
        if self.full.load(Ordering::SeqCst) {
            return Err(EngineError::world("place it", "no space left"));
        }
        let name = draft.order.reference.instance.clone();
        lock(&self.ever_placed).insert(name.clone());
        lock(&self.placed).insert(name, draft.digest());
        Ok(self.state(&draft.order.reference))
    }

    async fn observe(&self, order: &OrderRef) -> Result<WorkloadState, EngineError> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        Ok(self.state(order))
    }

    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError> {
        if self.stubborn.load(Ordering::SeqCst) {
            return Ok(Withdrawal::StillGoing("It holds on.".into()));
        }
        lock(&self.placed).remove(&order.instance);
        Ok(Withdrawal::Done)
    }

    async fn list(&self, _: &str, _: &OperatorConfigSpec) -> Result<Vec<Placed>, EngineError> {
        let placed = |instance: String| Placed {
            api_version: String::new(),
            kind: "Fake".into(),
            namespace: String::new(),
            name: instance.clone(),
            uid: instance.clone(),
            instance: Some(instance),
            is_deleting: false,
        };
        Ok(self.standing().into_iter().map(placed).collect())
    }

    async fn discard(&self, leftover: &Placed) -> Result<(), EngineError> {
        lock(&self.placed).remove(&leftover.name);
        Ok(())
    }

    fn changes(&self) -> BoxStream<'static, OrderRef> {
        futures::stream::unfold(self.changes.subscribe(), |mut changes| async {
            Some((changes.recv().await.ok()?, changes))
        })
        .boxed()
    }
}
