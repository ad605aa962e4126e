//! Dploy's custom resources, group `dploy.dev/v1alpha1`: types, defaults, labels, names and phases
//! (docs/contract.md, "Resources").
//!
//! The functions here only read one object or make its parts. Decisions are in `ledger` and in the
//! operator.

#![allow(
    clippy::duplicated_attributes,
    missing_docs,
    unreachable_pub,
    reason = "kube's derive repeats an attribute, and generates root types without docs and helper \
              types that are unreachable"
)]

mod chart;
mod config;
mod defaults;
mod descriptions;
mod guard_rails;
mod instance;
mod labels;
pub mod meta;
pub mod names;
mod owner;
mod phase;
mod placement;
mod process;
mod reason;
mod revision;
mod schema;
mod source;
mod template;
mod user_info;
mod when_empty;
mod workload;

pub use chart::{Chart, ChartType};
pub use config::{
    ArgocdSettings, FluxSettings, LaunchDefaults, OperatorConfig, OperatorConfigSpec,
};
pub use defaults::{LaunchSources, connection_type, launch_defaults};
pub use guard_rails::{
    Amounts, Egress, GuardRails, Ingress, Limit, LimitType, Network, PodSecurity,
};
pub use instance::{DployInstance, DployInstanceSpec, DployInstanceStatus};
pub use labels::{identity_label, instance_labels, is_shortened, label};
pub use owner::{DployOwner, DployOwnerSpec, DployOwnerStatus, Identity, IdentityKind, Seat};
pub use phase::{Health, Phase};
pub use placement::{ObjectAddress, Placement};
pub use process::{EnvVar, ProcessSpec};
pub use reason::Reason;
pub use revision::{Revision, TemplateRevision};
pub use source::Source;
pub use template::{
    ConnectionType, DployTemplate, DployTemplateSpec, DployTemplateStatus, EngineName, Method,
    Parameter, Pool, StartsAt, Ttl, UNLIMITED,
};
pub use user_info::without_user_info;
pub use when_empty::WhenEmpty;
pub use workload::{OrderRef, Placed, WorkloadState};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;

/// The definitions of all four kinds, in the order in which to apply them.
#[must_use]
pub fn custom_resource_definitions() -> Vec<CustomResourceDefinition> {
    [OperatorConfig::crd(), DployTemplate::crd(), DployOwner::crd(), DployInstance::crd()]
        .map(descriptions::on_one_line)
        .into()
}

#[cfg(test)]
mod tests;
