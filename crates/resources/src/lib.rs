//! Dploy's custom resources, group `dploy.dev/v1alpha1`, as `CONTRACT.md` fixes them: types, defaults, labels, phases.
//!
//! No rule lives here beyond what the schemas themselves can say.

#![allow(
    clippy::duplicated_attributes,
    missing_docs,
    unreachable_pub,
    reason = "the derive takes attributes of one name several times, and writes root types whose fields have no \
              documentation, and helper types that nobody can reach"
)]

mod config;
mod guard_rails;
mod instance;
mod labels;
pub mod meta;
mod owner;
mod phase;
mod reason;
mod schema;
mod source;
mod template;
mod workload;

pub use config::{
    ArgocdSettings, FluxSettings, LaunchDefaults, OperatorConfig, OperatorConfigSpec,
};
pub use guard_rails::{Amounts, GuardRails, Ingress, Limit, LimitType, Network, PodSecurity};
pub use instance::{DployInstance, DployInstanceSpec, DployInstanceStatus, ResolvedTemplate};
pub use labels::{instance_labels, label};
pub use owner::{DployOwner, DployOwnerSpec, DployOwnerStatus, Identity, IdentityKind, Seat};
pub use phase::{Health, Phase};
pub use reason::Reason;
pub use source::Source;
pub use template::{
    Chart, ChartType, ConnectionType, DployTemplate, DployTemplateSpec, DployTemplateStatus,
    EngineName, EnvVar, Method, Parameter, Pool, ProcessSpec, Ttl, UNLIMITED,
};
pub use workload::{OrderRef, WorkloadState};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;

/// The definitions of all four kinds, in the order in which they are best applied.
#[must_use]
pub fn custom_resource_definitions() -> Vec<CustomResourceDefinition> {
    vec![OperatorConfig::crd(), DployTemplate::crd(), DployOwner::crd(), DployInstance::crd()]
}

#[cfg(test)]
mod tests;
