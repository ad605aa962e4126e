//! The reasons of Dploy's conditions and Events.

use std::fmt;

use crate::Phase;

/// Declares [`Reason`], whose variants are called as they are written in a condition.
macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Why an object is as it is: `reason` of condition `Ready` and of Events. Clients may
        /// match on it (docs/contract.md, "Status").
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// The word in the condition or Event.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The reason that is written as `word`.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                [$(Self::$name),*].into_iter().find(|it| it.as_str() == word)
            }
        }
    };
}

reasons! {
    // Instances.
    /// An engine failed to carry out a step.
    EngineFailed,
    /// This operator does not have the engine.
    EngineNotEnabled,
    /// The object does not fit its type.
    Malformed,
    /// The workload's namespace is terminating.
    NamespaceEnding,
    /// A namespace of that name exists and belongs to something else.
    NamespaceTaken,
    /// The owner waits in the queue of a pool.
    Queued,
    /// The instance names a revision that does not exist, or one of another template.
    RevisionNotFound,
    /// The owner's ledger still has a seat for the instance.
    SeatHeld,
    /// The template, the address or the draft cannot be rendered.
    TemplateInvalid,
    /// The instance names a template that does not exist.
    TemplateNotFound,
    /// The workload is being removed.
    WorkloadEnding,

    // Condition `EndsSoon`.
    /// The deadline is near.
    EndsSoon,
    /// The deadline is not near.
    TimeLeft,

    // Templates.
    /// `spec.enabled` is false.
    Disabled,
    /// The template can be launched.
    Launchable,
    /// Members that are being deleted take the places of the pool.
    PoolBlocked,
    /// No member of the template as it is now became ready, and one failed.
    PoolFailing,
    /// The pool is kept at its size.
    PoolMaintained,
    /// The template lacks the source that its engine needs.
    SourceMissing,

    // Events of deletions.
    /// The deadline passed.
    Expired,
    /// An object or a process was deleted whose instance does not exist.
    LeftoverDeleted,
    /// No seat refers to an instance that a server created.
    Orphaned,
    /// A queued instance is over: its owner got a member of the pool, or gave the place up.
    PlaceOver,
    /// The template of an unclaimed pool member was deleted.
    TemplateGone,
    /// A void instance is old enough to go.
    VoidIsOver,

    // Events of a new phase, named as the phases are.
    /// See [`Phase::Available`].
    Available,
    /// See [`Phase::Claimed`].
    Claimed,
    /// See [`Phase::Expiring`].
    Expiring,
    /// See [`Phase::Failed`]; also an object whose condition `Failed` is true.
    Failed,
    /// See [`Phase::Pending`].
    Pending,
    /// See [`Phase::Provisioning`].
    Provisioning,
    /// See [`Phase::Ready`].
    Ready,

    // All engines.
    /// The workload answers.
    Healthy,
    /// Nothing was placed yet.
    NotPlaced,
    /// The upstream controller has not processed the object yet.
    NotObserved,
    /// All objects are healthy.
    Running,
    /// The workload starts.
    Starting,
    /// Somebody suspended the object.
    Suspended,
    /// The object is terminating.
    Terminating,

    // Engine `process`.
    /// The environment's directory cannot be written.
    DirectoryNotWritable,
    /// The process runs and does not answer.
    NotAnswering,
    /// The template's port is in use.
    PortInUse,
    /// The process exited.
    ProcessEnded,
    /// The supervisor ended before its process.
    ProcessLost,
    /// The process could not be started.
    ProcessNotStarted,

    // Engine `manifests`.
    /// A Service or Ingress waits for an address.
    AddressPending,
    /// A container cannot start.
    ContainerStuck,
    /// A Job failed.
    JobFailed,
    /// A Job has not completed yet.
    JobRunning,
    /// A Job is suspended.
    JobSuspended,
    /// The object's condition of readiness is not true.
    NotReady,
    /// An object that was placed is missing.
    ObjectMissing,
    /// Objects are being placed.
    Placing,
    /// A Pod failed.
    PodFailed,
    /// A Pod starts.
    PodStarting,
    /// The object's condition `Reconciling` is true.
    Reconciling,
    /// Pods cannot be created.
    ReplicaFailure,
    /// A rollout is under way.
    RollingOut,
    /// A rollout makes no progress.
    RolloutStuck,
    /// The object's condition `Stalled` is true.
    Stalled,
    /// The volume of a claim is lost.
    VolumeLost,
    /// A claim waits for its volume.
    VolumePending,

    // Engine `flux`: Flux's own reasons, and ours.
    /// Flux: access to a source is denied.
    AccessDenied,
    /// Flux: the chart's artifact cannot be loaded.
    ArtifactFailed,
    /// Flux: the chart cannot be changed as asked.
    ChartMutateError,
    /// The source gives no chart.
    ChartUnavailable,
    /// Flux: the install failed.
    InstallFailed,
    /// Flux: no client of the cluster.
    RESTClientError,
    /// Helm could not release the chart.
    ReleaseFailed,
    /// Helm releases the chart.
    Releasing,
    /// Flux: the rollback failed.
    RollbackFailed,
    /// Flux: the chart's tests failed.
    TestFailed,
    /// Flux: the uninstall failed.
    UninstallFailed,
    /// Flux: the upgrade failed.
    UpgradeFailed,
    /// Flux: the values cannot be composed.
    ValuesError,

    // Engine `argocd`: Argo CD's types of conditions, and ours.
    /// Argo CD cannot compare the Application with the cluster.
    ComparisonError,
    /// An object is degraded.
    Degraded,
    /// Argo CD cannot delete the Application.
    DeletionError,
    /// Argo CD does not know how an object is.
    HealthUnknown,
    /// The Application's spec is invalid.
    InvalidSpecError,
    /// The objects differ from their source.
    OutOfSync,
    /// The sync is being ended.
    SyncEnding,
    /// The sync could not be run.
    SyncError,
    /// The sync failed.
    SyncFailed,
    /// Argo CD cannot compare the Application.
    SyncUnknown,
    /// The sync runs.
    Syncing,
    /// Argo CD reports an error without a type of its own.
    UnknownError,
}

impl From<Phase> for Reason {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Pending => Self::Pending,
            Phase::Provisioning => Self::Provisioning,
            Phase::Ready => Self::Ready,
            Phase::Available => Self::Available,
            Phase::Claimed => Self::Claimed,
            Phase::Expiring => Self::Expiring,
            Phase::Failed => Self::Failed,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
