//! From resources to what crosses the network, by hand.

mod admin;
mod connection;
mod environment;
mod status;
mod template;

pub(crate) use self::{environment::started_at, template::count};

use resources::{DployInstance, UNLIMITED};

/// Whether the environment has no end.
fn is_unlimited(instance: &DployInstance) -> bool {
    let resolved = instance.spec.resolved.as_ref().map(|resolved| resolved.ttl_seconds);
    let ttl_seconds = instance.spec.ttl_seconds.or(resolved);
    instance.spec.expires_at.is_none() && ttl_seconds.is_none_or(|seconds| seconds <= UNLIMITED)
}

/// The uuid, or nothing for an instance made by hand that the operator has not seen yet.
fn uuid(instance: &DployInstance) -> String {
    let reported = || instance.status.as_ref().and_then(|status| status.uuid.clone());
    instance.spec.uuid.clone().or_else(reported).unwrap_or_default()
}
