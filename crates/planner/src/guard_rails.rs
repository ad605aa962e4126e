//! Guard rails: the labels of an environment's namespace, and the objects that are placed in it
//! before the workload. They keep an environment from starving the cluster and from reaching other
//! environments.

mod network;

use std::collections::BTreeMap;

use k8s_openapi::{
    api::{
        core::v1::{
            LimitRange, LimitRangeItem, LimitRangeSpec, Namespace, ResourceQuota, ResourceQuotaSpec,
        },
        networking::v1::NetworkPolicy,
    },
    apimachinery::pkg::{
        api::resource::Quantity, apis::meta::v1::ObjectMeta, util::intstr::IntOrString,
    },
};
use resources::{
    Amounts, DployInstance, EngineName, GuardRails, Limit, TemplateRevision, label, meta,
};

use crate::metadata;

/// The name of the NetworkPolicy.
pub const POLICY: &str = "dploy-isolation";
/// The name of the ResourceQuota.
pub const QUOTA: &str = "dploy-quota";
/// The name of the LimitRange.
pub const LIMITS: &str = "dploy-limits";
/// The label that names the Pod Security Standard of a namespace.
const POD_SECURITY: &str = "pod-security.kubernetes.io/enforce";

/// The namespace of the instance's workload. Dploy's own labels override the template's: they
/// identify the owner of an object.
#[must_use]
pub fn namespace(instance: &DployInstance, revision: &TemplateRevision, name: String) -> Namespace {
    let rails = rails(revision);
    let mut labels = rails.map(|it| it.labels.clone()).unwrap_or_default();
    labels.retain(|name, _| !is_in_our_domain(name));
    if let Some(level) = rails.and_then(|it| it.pod_security) {
        labels.insert(POD_SECURITY.into(), level.as_str().into());
    }
    labels.extend(ownership(instance));
    labels.insert(meta::TEMPLATE.into(), label(&instance.spec.template_ref));
    let installation = instance.metadata.namespace.clone();
    labels.extend(installation.map(|it| (meta::INSTALLATION.into(), it)));
    let mut annotations = rails.map(|it| it.annotations.clone()).unwrap_or_default();
    annotations.retain(|name, _| !is_in_our_domain(name));
    let metadata = ObjectMeta {
        name: Some(name),
        labels: Some(labels),
        annotations: Some(annotations).filter(|it| !it.is_empty()),
        ..ObjectMeta::default()
    };
    Namespace { metadata, ..Namespace::default() }
}

/// The objects that are placed in the namespace before the workload.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GuardObjects {
    /// Limits what the namespace may use in all.
    pub quota: Option<ResourceQuota>,
    /// Limits what each container may use.
    pub limits: Option<LimitRange>,
    /// Limits which connections its pods accept and open.
    pub network: Option<NetworkPolicy>,
}

impl GuardObjects {
    /// The objects that the instance's revision asks for.
    #[must_use]
    pub fn of(instance: &DployInstance, revision: &TemplateRevision) -> Self {
        let Some(rails) = rails(revision) else { return Self::default() };
        let object_meta = |name: &str| ObjectMeta {
            name: Some(name.into()),
            labels: Some(ownership(instance).into()),
            ..ObjectMeta::default()
        };
        let quota = rails.resource_quota.as_ref().filter(|it| !it.is_empty());
        let limits = rails.limit_range.as_ref().filter(|it| !it.is_empty());
        let network = rails.network.as_ref();
        let policy =
            network.and_then(|it| network::policy(it, instance.metadata.namespace.as_deref()));
        Self {
            quota: quota.map(|hard| ResourceQuota {
                metadata: object_meta(QUOTA),
                spec: Some(ResourceQuotaSpec { hard: quantities(hard), ..Default::default() }),
                status: None,
            }),
            limits: limits.map(|limits| LimitRange {
                metadata: object_meta(LIMITS),
                spec: Some(LimitRangeSpec { limits: limits.iter().map(limit).collect() }),
            }),
            network: policy
                .map(|policy| NetworkPolicy { metadata: object_meta(POLICY), spec: Some(policy) }),
        }
    }

    /// Whether there is nothing to place.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.quota.is_none() && self.limits.is_none() && self.network.is_none()
    }
}

/// Why the guard rails of the revision cannot be placed.
#[must_use]
pub fn fault(revision: &TemplateRevision) -> Option<String> {
    let ranges = &rails(revision)?.network.as_ref()?.blocked_addresses;
    let range = ranges.iter().find(|range| !network::is_part_of_all_addresses(range))?;
    Some(format!("guardRails.network.blockedAddresses: {range:?} is no address range (CIDR)."))
}

fn ownership(instance: &DployInstance) -> [(String, String); 2] {
    [
        (meta::MANAGED.to_owned(), meta::TRUE.to_owned()),
        (meta::INSTANCE.to_owned(), label(metadata::name(&instance.metadata))),
    ]
}

/// The guard rails of a workload that runs in its namespace. A child process does not.
fn rails(revision: &TemplateRevision) -> Option<&GuardRails> {
    revision.guard_rails.as_ref().filter(|_| revision.engine != EngineName::Process)
}

fn is_in_our_domain(name: &str) -> bool {
    name.split_once('/').is_some_and(|(domain, _)| domain == meta::GROUP)
}

fn limit(limit: &Limit) -> LimitRangeItem {
    LimitRangeItem {
        type_: limit.limit_type.as_str().into(),
        default: quantities(&limit.default),
        default_request: quantities(&limit.default_request),
        max: quantities(&limit.max),
        min: quantities(&limit.min),
        max_limit_request_ratio: quantities(&limit.max_limit_request_ratio),
    }
}

/// Quantities are strings in the API, even if the template has a number.
fn quantities(amounts: &Amounts) -> Option<BTreeMap<String, Quantity>> {
    let quantity = |amount: &IntOrString| match amount {
        IntOrString::Int(whole) => Quantity(whole.to_string()),
        IntOrString::String(text) => Quantity(text.clone()),
    };
    let quantities = amounts.iter().map(|(name, amount)| (name.clone(), quantity(amount)));
    Some(quantities.collect()).filter(|it: &BTreeMap<_, _>| !it.is_empty())
}

#[cfg(test)]
mod tests;
