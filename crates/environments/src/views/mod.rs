//! Views: from resources to the types of `wire`.

mod admin;
mod connection;
mod environment;
mod status;
mod template;

use jiff::Timestamp;
use kube::ResourceExt;
use resources::{DployInstance, UNLIMITED, meta};

pub(crate) use self::{
    admin::{admin_instance, admin_template},
    environment::{environment, run},
    template::catalog_entry,
};

/// A length as `wire` carries it.
pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// When the environment was created or claimed.
pub(crate) fn started_at(instance: &DployInstance) -> Option<Timestamp> {
    let claimed = instance.annotations().get(meta::CLAIMED_AT).and_then(|at| at.parse().ok());
    claimed.or_else(|| instance.creation_timestamp().map(|time| time.0))
}

/// Whether the environment has no deadline.
fn is_unlimited(instance: &DployInstance) -> bool {
    let resolved = instance.spec.resolved.as_ref().map(|resolved| resolved.ttl_seconds);
    let ttl_seconds = instance.spec.ttl_seconds.or(resolved);
    instance.spec.expires_at.is_none() && ttl_seconds.is_none_or(|seconds| seconds <= UNLIMITED)
}

/// The uuid; empty for an instance without one that the operator has not adopted yet.
fn uuid(instance: &DployInstance) -> String {
    let reported = || instance.status.as_ref().and_then(|status| status.uuid.clone());
    instance.spec.uuid.clone().or_else(reported).unwrap_or_default()
}
