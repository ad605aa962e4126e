//! The writes that a decision about an instance consists of.

use jiff::Timestamp;
use k8s_openapi::{api::core::v1::Namespace, apimachinery::pkg::apis::meta::v1::Time};
use resources::{EngineName, OrderRef, Reason};

use crate::guard_rails::GuardObjects;

/// One write.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Completes an instance that no server created.
    Adopt(Box<Adoption>),
    /// Creates the workload's namespace, with the labels of its guard rails.
    OpenNamespace(Box<Namespace>),
    /// Places the guard rails in the workload's namespace.
    Guard(String, Box<GuardObjects>),
    /// Lets the engine place the draft that the decision was made on.
    Place(EngineName),
    /// Begins the time of an environment that has become ready: annotates `ready_at`, and moves the
    /// deadline to `expires_at`, on the version that was observed.
    BeginTime {
        /// When the environment was first observed ready.
        ready_at: Timestamp,
        /// The new deadline.
        expires_at: Time,
    },
    /// Lets the engine withdraw the workload. Blocks the next steps until nothing is left.
    Withdraw(EngineName, OrderRef),
    /// Requests the deletion of the workload's namespace if it is labelled with the instance, and
    /// blocks nothing.
    EndNamespace(String),
    /// Deletes the workload's namespace if it is labelled with the instance. Blocks the next steps
    /// until it is gone.
    CloseNamespace(String),
    /// Deletes the instance, on the version that was observed.
    Delete(DeleteReason),
    /// Removes the finalizer.
    Release,
}

/// Why an instance is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteReason {
    /// Its deadline passed.
    Expired,
    /// A server created it and no seat refers to it.
    Orphaned,
    /// It is a place in the queue of a pool, and no seat refers to it any more.
    PlaceOver,
    /// It is an unclaimed pool member, or a place in the queue, whose template is gone.
    TemplateGone,
    /// It is a void instance that is old enough.
    VoidIsOver,
}

impl DeleteReason {
    /// The Event's reason.
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::Expired => Reason::Expired,
            Self::Orphaned => Reason::Orphaned,
            Self::PlaceOver => Reason::PlaceOver,
            Self::TemplateGone => Reason::TemplateGone,
            Self::VoidIsOver => Reason::VoidIsOver,
        }
    }

    /// The Event's sentence. `None`: no Event, because no user ever saw the instance.
    #[must_use]
    pub const fn note(self) -> Option<&'static str> {
        match self {
            Self::Expired => Some("Its time is up."),
            Self::Orphaned => Some("No seat of its owner refers to it."),
            Self::TemplateGone => Some("Its template is gone and nobody claimed it."),
            Self::PlaceOver | Self::VoidIsOver => None,
        }
    }
}

/// The fields that an instance lacks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Adoption {
    /// Whether somebody created it by hand. Such an instance needs no seat.
    pub by_hand: bool,
    /// `spec.uuid`
    pub uuid: Option<String>,
    /// `spec.revision`
    pub revision: Option<String>,
    /// `spec.seed`
    pub seed: Option<String>,
    /// `spec.ttlSeconds`
    pub ttl_seconds: Option<i64>,
    /// `spec.expiresAt`
    pub expires_at: Option<Time>,
}
