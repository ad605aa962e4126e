//! Why an environment is not ready, for its owner. The condition's own message names objects of the
//! cluster, so owners get one sentence per reason, and an admin reads the rest with kubectl.

use resources::Reason;

/// The sentence for the reason of a condition `Ready` that is not true.
pub(super) fn sentence(reason: &str) -> &'static str {
    Reason::from_word(reason).map_or(OTHER, of)
}

const OTHER: &str = "It is not ready.";

/// Reasons of templates and of Events fall to the last sentence.
const fn of(reason: Reason) -> &'static str {
    use Reason as R;
    match reason {
        R::Queued => "It waits in the queue.",
        R::NotPlaced | R::Placing | R::Releasing | R::Reconciling | R::Syncing | R::OutOfSync => {
            "It is being installed."
        }
        R::NotObserved | R::Starting | R::PodStarting | R::RollingOut | R::NotReady => {
            "It is starting."
        }
        R::NotAnswering => "It runs and does not answer yet.",
        R::JobRunning => "It prepares something.",
        R::AddressPending => "It waits for its address.",
        R::VolumePending => "It waits for its storage.",
        R::Suspended | R::JobSuspended => "Somebody suspended a part of it.",
        R::Terminating | R::WorkloadEnding | R::NamespaceEnding | R::SeatHeld | R::SyncEnding => {
            "It is being removed."
        }
        R::UninstallFailed | R::DeletionError => "Its removal meets an obstacle.",
        R::EngineNotEnabled => "This Dploy cannot run environments of its kind.",
        R::TemplateInvalid
        | R::TemplateNotFound
        | R::RevisionNotFound
        | R::SourceMissing
        | R::Malformed
        | R::InvalidSpecError
        | R::ValuesError
        | R::ChartMutateError => "Its template has a fault.",
        R::AccessDenied | R::ArtifactFailed | R::ChartUnavailable | R::ComparisonError => {
            "What it is made from could not be fetched."
        }
        R::EngineFailed
        | R::InstallFailed
        | R::ReleaseFailed
        | R::UpgradeFailed
        | R::RollbackFailed
        | R::TestFailed
        | R::RESTClientError
        | R::Stalled
        | R::SyncError
        | R::SyncFailed
        | R::UnknownError => "It could not be installed.",
        R::ContainerStuck
        | R::ReplicaFailure
        | R::RolloutStuck
        | R::ProcessNotStarted
        | R::DirectoryNotWritable
        | R::PortInUse => "A part of it cannot start.",
        R::NamespaceTaken => "Its place in the cluster is taken.",
        R::Failed
        | R::Degraded
        | R::JobFailed
        | R::PodFailed
        | R::ProcessEnded
        | R::ProcessLost
        | R::ObjectMissing
        | R::VolumeLost => "A part of it failed.",
        _ => OTHER,
    }
}
