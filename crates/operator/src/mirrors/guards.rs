//! The guard rails of all environments, as fingerprints of their specs: enough to notice that
//! somebody deleted or edited one, and small enough for ten thousand.

use std::marker::PhantomData;

use k8s_openapi::{
    api::{
        core::v1::{LimitRange, ResourceQuota},
        networking::v1::NetworkPolicy,
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::{Resource, ResourceExt};
use planner::guard_rails::{LIMITS, POLICY, QUOTA};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Guarded, Mirror};

/// An object of kind `K` without its spec.
#[derive(Debug, Clone, Deserialize)]
#[serde(bound = "")]
pub(crate) struct Fingerprint<K> {
    metadata: ObjectMeta,
    /// The digest of the spec: sixteen hexadecimal digits.
    #[serde(default, deserialize_with = "digest")]
    pub(crate) spec: String,
    #[serde(skip)]
    kind: PhantomData<fn() -> K>,
}

fn digest<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let spec = Value::deserialize(deserializer)?;
    let hash = Sha256::digest(spec.to_string());
    Ok(hash[..8].iter().map(|byte| format!("{byte:02x}")).collect())
}

impl<K: Resource<DynamicType = ()>> Resource for Fingerprint<K> {
    type DynamicType = ();
    type Scope = K::Scope;

    fn kind(_: &()) -> std::borrow::Cow<'_, str> {
        K::kind(&())
    }

    fn group(_: &()) -> std::borrow::Cow<'_, str> {
        K::group(&())
    }

    fn version(_: &()) -> std::borrow::Cow<'_, str> {
        K::version(&())
    }

    fn plural(_: &()) -> std::borrow::Cow<'_, str> {
        K::plural(&())
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

/// The guard rails of all environments.
#[derive(Debug, Clone)]
pub(crate) struct GuardMirrors {
    pub(crate) policies: Mirror<Fingerprint<NetworkPolicy>>,
    pub(crate) quotas: Mirror<Fingerprint<ResourceQuota>>,
    pub(crate) limits: Mirror<Fingerprint<LimitRange>>,
}

impl GuardMirrors {
    /// Waits until every mirror has been filled once.
    pub(super) async fn filled(&self) {
        let Self { policies, quotas, limits } = self;
        tokio::join!(policies.filled(), quotas.filled(), limits.filled());
    }

    /// The prints of the guard rails in a namespace, as `status.guardRails` has them.
    pub(crate) fn prints(&self, namespace: &str) -> String {
        let Self { policies, quotas, limits } = self;
        joined([
            policies.within(namespace, POLICY).and_then(|it| print(&it)),
            quotas.within(namespace, QUOTA).and_then(|it| print(&it)),
            limits.within(namespace, LIMITS).and_then(|it| print(&it)),
        ])
    }
}

/// The name and the digest of one guard rail.
pub(crate) fn print<K: Resource<DynamicType = ()>>(
    guard: &Guarded<Fingerprint<K>>,
) -> Option<String> {
    let guard = guard.0.as_ref().ok()?;
    Some(format!("{}:{}", guard.name_any(), guard.spec))
}

/// The prints of the policy, the quota and the limits, in this order.
pub(crate) fn joined(prints: [Option<String>; 3]) -> String {
    prints.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
