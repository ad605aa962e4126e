//! What engines and the planner both say about one workload.

use crate::{DployInstance, Health, Placement, Reason, label, meta};

/// Identifies a workload: all that an engine needs to find and to withdraw it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderRef {
    /// The name of the instance.
    pub instance: String,
    /// The instance's uuid.
    pub uuid: String,
    /// The namespace in which the workload runs.
    pub namespace: String,
    /// The namespace of this Dploy; empty when it is not known.
    pub installation: String,
    /// What the engine called the workload when it observed it last (`status.engineRef`). It says
    /// where the workload stands, even if a setting has changed since.
    pub engine_ref: Option<String>,
    /// What the engine recorded (`status.placed`).
    pub placement: Placement,
}

impl OrderRef {
    /// The order of an instance; `None` before the instance has a uuid.
    #[must_use]
    pub fn of(instance: &DployInstance) -> Option<Self> {
        let status = instance.status.as_ref();
        let uuid = instance.spec.uuid.clone().or_else(|| status?.uuid.clone());
        Some(Self {
            instance: instance.metadata.name.clone().unwrap_or_default(),
            uuid: uuid.unwrap_or_default(),
            namespace: instance.workload_namespace()?,
            installation: instance.metadata.namespace.clone().unwrap_or_default(),
            engine_ref: status.and_then(|it| it.engine_ref.clone()),
            placement: status.and_then(|it| it.placed.clone()).unwrap_or_default(),
        })
    }

    /// The labels by which an engine finds what it placed for this order. Objects that an older
    /// Dploy placed have no others.
    #[must_use]
    pub fn selection(&self) -> [(&'static str, String); 2] {
        [(meta::MANAGED, meta::TRUE.to_owned()), (meta::INSTANCE, label(&self.instance))]
    }

    /// The labels of everything that an engine places for this order.
    pub fn labels(&self) -> impl Iterator<Item = (&'static str, String)> + use<> {
        let installation = (meta::INSTALLATION, self.installation.clone());
        let known = (!self.installation.is_empty()).then_some(installation);
        self.selection().into_iter().chain(known)
    }
}

/// An object that an engine placed or a process that it runs, as the engine lists it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placed {
    /// The group and version of the kind; empty for a process.
    pub api_version: String,
    /// The kind, such as `HelmRelease`.
    pub kind: String,
    /// The namespace; empty for a process and for an object of a cluster-scoped kind.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// What distinguishes it from a later one of that name.
    pub uid: String,
    /// The label `dploy.dev/instance`. `None`: instances shared it, and none uses it any more.
    pub instance: Option<String>,
    /// Whether its deletion was requested already.
    pub is_deleting: bool,
}

/// The state of a workload, as its engine observed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadState {
    /// The digest of the draft that was placed; `None` when nothing was placed, or something else
    /// was.
    pub placed: Option<String>,
    /// The workload's health.
    pub health: Health,
    /// Why it has this health.
    pub reason: Reason,
    /// The reason as a sentence for the owner.
    pub message: String,
    /// What the engine calls the workload, once that is known.
    pub engine_ref: Option<String>,
    /// What the engine wants to be told at its next call. `None`: it finds that by itself.
    pub record: Option<Placement>,
}

impl WorkloadState {
    /// Nothing was placed.
    #[must_use]
    pub fn absent() -> Self {
        Self {
            placed: None,
            health: Health::Progressing,
            reason: Reason::NotPlaced,
            message: "The workload has not been started yet.".into(),
            engine_ref: None,
            record: None,
        }
    }
}
