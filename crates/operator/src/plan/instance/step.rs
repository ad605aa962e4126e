use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::{
    ConnectionType, DployTemplate, EngineName, LaunchDefaults, OperatorConfigSpec, ResolvedTemplate,
};

use crate::{
    engines::{Draft, Look, OrderRef},
    guard_rails::GuardObjects,
};

/// One write.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// Complete an instance that no server made.
    Adopt(Box<Adoption>),
    /// Create the workload's namespace, with the labels of its guard rails.
    OpenNamespace(String),
    /// Place the guard rails in the workload's namespace.
    Guard(String, Box<GuardObjects>),
    /// Let the engine place the workload.
    Place(EngineName, Box<Draft>),
    /// Let the engine take the workload away; holds up what follows until it is gone.
    Withdraw(EngineName, OrderRef),
    /// Delete the workload's namespace, if it carries our label; holds up what follows until it is gone.
    CloseNamespace(String),
    /// Delete the instance, on the version that was seen.
    Delete(Farewell),
    /// Drop the finalizer.
    Release,
}

/// Why an instance is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// Its time is up.
    Expired,
    /// A server made it, and no seat holds it.
    Orphaned,
    /// It waited in a pool whose template is gone.
    TemplateGone,
    /// It fenced a late writer for long enough.
    VoidIsOver,
}

impl Farewell {
    /// The Event's reason.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Expired => "Expired",
            Self::Orphaned => "Orphaned",
            Self::TemplateGone => "TemplateGone",
            Self::VoidIsOver => "VoidIsOver",
        }
    }

    /// The Event's sentence; none for what is nobody's business.
    pub(crate) const fn note(self) -> Option<&'static str> {
        match self {
            Self::Expired => Some("Its time is up."),
            Self::Orphaned => Some("No seat of its owner holds it."),
            Self::TemplateGone => Some("Its template is gone and nobody claimed it."),
            Self::VoidIsOver => None,
        }
    }
}

/// What an instance lacks.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Adoption {
    /// Whether it was made by hand, or by an older Dploy: then no seat has to hold it.
    pub(crate) by_hand: bool,
    /// Its uuid.
    pub(crate) uuid: Option<String>,
    /// The template as it is now.
    pub(crate) resolved: Option<ResolvedTemplate>,
    /// The end of its time.
    pub(crate) expires_at: Option<Time>,
}

/// What was seen of an instance's surroundings.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sighting {
    /// Its template, where that can be read.
    pub(crate) template: Option<Arc<DployTemplate>>,
    /// Whether the API server itself says that there is no such template.
    pub(crate) template_gone: bool,
    /// The cluster's settings.
    pub(crate) config: Option<Arc<OperatorConfigSpec>>,
    /// What holds where neither the template nor the cluster's settings say.
    pub(crate) defaults: LaunchDefaults,
    /// Whether a seat points to it.
    pub(crate) seat: Seating,
    /// The namespace that its status names.
    pub(crate) namespace: NamespaceSeen,
    /// What its engine says.
    pub(crate) workload: Workload,
    /// Where it answers.
    pub(crate) connection: Result<Connection, String>,
    /// What it would be named by, if it lacks a name.
    pub(crate) fresh: Fresh,
}

/// How people reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Connection {
    pub(crate) url: String,
    pub(crate) connection_type: ConnectionType,
    pub(crate) message: String,
}

/// Random values, drawn outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fresh {
    /// Eight hexadecimal digits that no instance of the template has.
    pub(crate) uuid: String,
    /// 32 hexadecimal digits.
    pub(crate) seed: String,
}

/// Whether a seat points to an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seating {
    /// One does.
    Held,
    /// None does: the records say so, that of its owner by a live read.
    Nowhere,
    /// Its owner has no record: somebody removed it by hand, which says nothing.
    NoRecord,
}

/// The workload's namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NamespaceSeen {
    /// The status names none yet.
    Unnamed,
    /// It does not exist.
    Missing,
    /// It is this instance's.
    Ours,
    /// It is this instance's and on its way out.
    Ending,
    /// It exists and is not this instance's.
    Foreign,
}

/// What an engine says of the workload.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Workload {
    /// Nobody was asked: nothing can stand yet.
    NotAsked,
    /// This operator has no such engine.
    NoEngine(EngineName),
    /// What should stand, or why nothing can; and what stands.
    Seen { draft: Result<Box<Draft>, String>, look: Look },
}
