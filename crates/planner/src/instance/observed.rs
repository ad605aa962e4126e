//! What a decision about an instance is made on: what was observed, and what was drafted from that.

use std::sync::Arc;

use ledger::order::Origin;
use resources::{ConnectionType, EngineName, TemplateRevision, WorkloadState};

/// The surroundings of an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// Whether a live read found no template. Only unclaimed pool members need that read.
    pub template_gone: bool,
    /// The revision that it names, if there is one.
    pub revision: Option<Arc<TemplateRevision>>,
    /// Whether a seat refers to it.
    pub seat: Seating,
    /// The namespace of its workload.
    pub namespace: NamespaceSeen,
    /// The state of its workload.
    pub workload: Workload,
    /// Whether somebody deleted or edited its guard rails.
    pub has_damaged_guards: bool,
    /// A uuid for an instance that lacks one: no instance of the template has it.
    pub fresh_uuid: String,
    /// What an instance without a revision gets.
    pub current: Current,
}

/// What was computed from an instance and its surroundings.
#[derive(Debug, Clone, PartialEq)]
pub struct Drafted {
    /// How people reach the environment, or why that cannot be rendered.
    pub connection: Result<Connection, String>,
    /// The digest of the engine's draft, or why there is none. `None`: nothing can be placed yet.
    pub digest: Option<Result<String, String>>,
}

/// How people reach an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The address.
    pub url: String,
    /// Whether people open the address or copy a command.
    pub connection_type: ConnectionType,
    /// The command to copy.
    pub message: String,
}

/// The current revision of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Current {
    /// There is no such template.
    NoTemplate,
    /// The operator has not written it yet.
    Unwritten,
    /// It exists.
    Written(Origin),
}

/// Whether a seat refers to an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seating {
    /// A seat does.
    Held,
    /// The cache has no seat. The owner's record was not read live, because nothing depended on it
    /// when the instance was observed. So nothing follows from it, even if the grace of an orphan
    /// ends before the decision.
    Unread,
    /// No seat does. The record of an instance with an owner was read live.
    Nowhere,
    /// No record can say: the owner has none, or one that was bound or restored after the instance
    /// was launched (docs/ledger.md, "Lost ledgers"). Nothing follows from it.
    NoRecord,
}

/// The workload's namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamespaceSeen {
    /// The instance has no uuid yet, of which the name consists.
    Unnamed,
    /// It does not exist.
    Missing,
    /// It is labelled with this instance.
    Ours,
    /// It is labelled with this instance and terminating.
    Ending,
    /// It exists without this instance's label.
    Foreign,
}

/// The workload of an instance.
#[derive(Debug, Clone, PartialEq)]
pub enum Workload {
    /// The engine was not asked: nothing can have been placed yet, or the instance is terminating.
    NotAsked,
    /// This operator does not have the engine.
    NoEngine(EngineName),
    /// What the engine observed.
    Observed(WorkloadState),
}
