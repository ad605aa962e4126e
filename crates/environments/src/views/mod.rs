//! Views: from resources to the types of `wire`.

mod admin;
mod cause;
mod connection;
mod environment;
mod status;
mod template;

use resources::{DployInstance, UNLIMITED};

pub(crate) use self::{
    admin::{admin_instance, admin_template},
    environment::{environment, run},
    template::catalog_entry,
};

/// A length as `wire` carries it.
pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Whether the environment has no deadline.
fn is_unlimited(instance: &DployInstance) -> bool {
    instance.spec.expires_at.is_none()
        && instance.spec.ttl_seconds.is_none_or(|seconds| seconds <= UNLIMITED)
}

/// The uuid; empty for an instance without one that the operator has not adopted yet.
fn uuid(instance: &DployInstance) -> String {
    let reported = || instance.status.as_ref().and_then(|status| status.uuid.clone());
    instance.spec.uuid.clone().or_else(reported).unwrap_or_default()
}
