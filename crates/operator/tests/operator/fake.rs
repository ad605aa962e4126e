//! A fake engine, whose health and failures a test controls.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use engines::{Draft, DraftError, Engine, EngineError, Order, Withdrawal};
use futures::{StreamExt, stream::BoxStream};
use resources::{Health, OrderRef, Reason, Source, WorkloadState};
use serde_json::json;
use tokio::sync::broadcast;

pub(crate) struct Fake {
    placed: Mutex<BTreeMap<String, String>>,
    unwell: Mutex<BTreeMap<String, Health>>,
    everybody: Mutex<Health>,
    stubborn: AtomicBool,
    full: AtomicBool,
    changes: broadcast::Sender<OrderRef>,
    looks: AtomicUsize,
    pub(crate) ever_placed: Mutex<BTreeSet<String>>,
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
    pub(crate) fn standing(&self) -> Vec<String> {
        self.placed.lock().unwrap().keys().cloned().collect()
    }

    /// How often workloads were observed.
    pub(crate) fn looks(&self) -> usize {
        self.looks.load(Ordering::SeqCst)
    }

    /// Sets the health of one workload.
    pub(crate) fn is(&self, instance: &str, health: Health) {
        self.unwell.lock().unwrap().insert(instance.into(), health);
        self.speak_up(instance);
    }

    /// Sets the health of all workloads that have none of their own.
    pub(crate) fn all_are(&self, health: Health) {
        *self.everybody.lock().unwrap() = health;
        for instance in self.standing() {
            self.speak_up(&instance);
        }
    }

    /// Sets whether withdrawals make no progress.
    pub(crate) fn hold_on(&self, stubborn: bool) {
        self.stubborn.store(stubborn, Ordering::SeqCst);
    }

    /// Sets whether placements fail.
    pub(crate) fn is_full(&self, full: bool) {
        self.full.store(full, Ordering::SeqCst);
    }

    fn speak_up(&self, instance: &str) {
        let _ = self.changes.send(OrderRef {
            instance: instance.into(),
            uuid: String::new(),
            namespace: String::new(),
            installation: String::new(),
            engine_ref: None,
        });
    }
}

#[async_trait]
impl Engine for Fake {
    fn draft(&self, order: &Order) -> Result<Draft, DraftError> {
        let resolved = order.instance.spec.resolved.as_ref();
        let chart = resolved
            .and_then(|it| it.chart.as_ref())
            .ok_or(DraftError::Missing(Source::Chart.field()))?;
        Ok(Draft { order: order.clone(), documents: vec![json!(chart)] })
    }

    async fn place(&self, draft: Draft) -> Result<(), EngineError> {
        if self.full.load(Ordering::SeqCst) {
            return Err(EngineError::world("place it", "no space left"));
        }
        let name = draft.order.reference.instance.clone();
        self.ever_placed.lock().unwrap().insert(name.clone());
        self.placed.lock().unwrap().insert(name, draft.digest());
        Ok(())
    }

    async fn observe(&self, order: &OrderRef) -> Result<WorkloadState, EngineError> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        let Some(digest) = self.placed.lock().unwrap().get(&order.instance).cloned() else {
            return Ok(WorkloadState::absent());
        };
        let everybody = *self.everybody.lock().unwrap();
        let health = *self.unwell.lock().unwrap().get(&order.instance).unwrap_or(&everybody);
        let reason = match health {
            Health::Healthy => Reason::Healthy,
            Health::Progressing => Reason::Starting,
            Health::Degraded => Reason::Degraded,
        };
        let engine_ref = Some(format!("fake/{}", order.instance));
        Ok(WorkloadState {
            placed: Some(digest),
            health,
            reason,
            message: "So it is.".into(),
            engine_ref,
        })
    }

    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError> {
        if self.stubborn.load(Ordering::SeqCst) {
            return Ok(Withdrawal::StillGoing("It holds on.".into()));
        }
        self.placed.lock().unwrap().remove(&order.instance);
        Ok(Withdrawal::Done)
    }

    fn changes(&self) -> BoxStream<'static, OrderRef> {
        futures::stream::unfold(self.changes.subscribe(), |mut changes| async {
            Some((changes.recv().await.ok()?, changes))
        })
        .boxed()
    }
}
