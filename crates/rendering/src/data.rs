//! The data of templates, with the field names of docs/templates.md, section "The data".

use std::{borrow::Cow, collections::BTreeMap};

use gtmpl_ng::Value;
use resources::{
    Chart, DployInstance, OperatorConfigSpec, TemplateRevision, meta, names, without_user_info,
};
use serde_json::{Map, Value as Json};

use crate::{
    masking::{mask, mask_all},
    structure::{Masked, PersonalValue},
    value::{from_json, from_json_object, signed, structure, texts},
};

/// An instance and everything else that its templates read.
#[derive(Debug, Clone, Copy)]
pub struct TemplateData<'a> {
    /// The instance.
    pub instance: &'a DployInstance,
    /// The revision that the instance names.
    pub revision: &'a TemplateRevision,
    /// The settings of the cluster.
    pub config: &'a OperatorConfigSpec,
}

impl TemplateData<'_> {
    /// The uuid. It is empty for an instance that was applied by hand, until the operator sets it.
    pub(crate) fn uuid(&self) -> &str {
        let observed = || self.instance.status.as_ref().and_then(|status| status.uuid.as_deref());
        self.instance.spec.uuid.as_deref().or_else(observed).unwrap_or_default()
    }

    /// The host of the environment.
    pub(crate) fn host(&self) -> String {
        names::host(&self.instance.spec.template_ref, self.uuid(), &self.revision.base_domain)
    }

    /// The workload's namespace: the one in the status, or the one that the operator will choose.
    fn namespace(&self) -> String {
        self.instance.workload_namespace().unwrap_or_default()
    }

    /// The port of a process; empty until the engine has reported it.
    fn port(&self) -> &str {
        let engine_ref =
            self.instance.status.as_ref().and_then(|status| status.engine_ref.as_deref());
        engine_ref
            .and_then(|engine_ref| engine_ref.rsplit_once(':'))
            .map(|(_, port)| port)
            .filter(|port| !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit()))
            .unwrap_or_default()
    }

    /// See [`risky_values`].
    pub(crate) fn risky_values(&self) -> Vec<PersonalValue> {
        risky_values(self.revision, &self.instance.spec.params, &self.instance.spec.claims)
    }

    /// The root of the data. `url` is empty while the URL itself is rendered.
    pub(crate) fn root(&self, url: &str, masked: Masked<'_>) -> Value {
        let spec = &self.instance.spec;
        structure([
            ("Owner", (&spec.owner).into()),
            ("UUID", self.uuid().into()),
            ("BaseDomain", (&self.revision.base_domain).into()),
            ("Host", self.host().into()),
            ("URL", url.into()),
            ("ConnectionURL", url.into()),
            ("Namespace", self.namespace().into()),
            ("Port", self.port().into()),
            ("Template", self.template()),
            ("Params", self.params(masked)),
            ("Claims", self.claims(masked)),
            ("Config", structure([("Values", from_json_object(&self.config.values))])),
        ])
    }

    fn params(&self, masked: Masked<'_>) -> Value {
        let revision = self.revision;
        let defaults = revision.parameters.iter().map(|(name, value)| (name, Cow::from(value)));
        let given = self.instance.spec.params.iter().map(|(name, value)| {
            let is_masked = masked.is_masked(&PersonalValue::Parameter(name.clone()))
                && !is_default(revision, name, value);
            (name, if is_masked { mask(value) } else { Cow::from(value) })
        });
        let all = defaults.chain(given);
        Value::Map(all.map(|(name, value)| (name.clone(), value.into_owned().into())).collect())
    }

    fn claims(&self, masked: Masked<'_>) -> Value {
        let claims = self.instance.spec.claims.iter().map(|(name, claim)| {
            let value = from_json(claim);
            let is_masked = masked.is_masked(&PersonalValue::Claim(name.clone()));
            (name.clone(), if is_masked { mask_all(&value) } else { value })
        });
        Value::Map(claims.collect())
    }

    fn template(&self) -> Value {
        let metadata = &self.instance.metadata;
        structure([
            ("Name", (&self.instance.spec.template_ref).into()),
            ("Namespace", metadata.namespace.clone().unwrap_or_default().into()),
            ("Labels", texts(&self.revision.labels)),
            ("Annotations", texts(&self.revision.annotations)),
            ("Spec", self.spec()),
        ])
    }

    fn spec(&self) -> Value {
        let revision = self.revision;
        let method = if self.instance.spec.pooled { "pool" } else { "on-demand" };
        structure([
            ("DisplayName", (&revision.display_name).into()),
            ("Description", (&revision.description).into()),
            ("Icon", (&revision.icon).into()),
            ("Category", (&revision.category).into()),
            ("OwnerClaim", (&revision.owner_claim).into()),
            ("Enabled", true.into()),
            ("Method", method.into()),
            ("Engine", revision.engine.as_str().into()),
            ("Chart", chart(revision.chart.as_ref())),
            ("ValueFiles", revision.value_files.clone().into()),
            (
                "TTL",
                structure([
                    ("Seconds", signed(revision.ttl_seconds)),
                    ("ExtendSeconds", signed(revision.extend_seconds)),
                    ("MaxExtends", signed(revision.max_extends)),
                ]),
            ),
        ])
    }
}

/// The values of people that masking changes, in the order of their names: those that have a
/// character that means something in YAML, at its place.
#[must_use]
pub fn risky_values(
    revision: &TemplateRevision,
    params: &BTreeMap<String, String>,
    claims: &Map<String, Json>,
) -> Vec<PersonalValue> {
    let params = params
        .iter()
        .filter(|(name, value)| !is_default(revision, name, value) && mask(value) != **value);
    let claims = claims.iter().filter(|(_, claim)| {
        let value = from_json(claim);
        mask_all(&value) != value
    });
    let params = params.map(|(name, _)| PersonalValue::Parameter(name.clone()));
    params.chain(claims.map(|(name, _)| PersonalValue::Claim(name.clone()))).collect()
}

/// Whether the value is the parameter's default, which is its author's.
fn is_default(revision: &TemplateRevision, name: &str, value: &str) -> bool {
    revision.parameters.get(name).is_some_and(|default| default == value)
}

fn chart(chart: Option<&Chart>) -> Value {
    let chart = chart.cloned().unwrap_or_default();
    structure([
        ("Type", chart.chart_type.as_str().into()),
        ("RepoURL", without_user_info(&chart.repo_url).into_owned().into()),
        ("Path", chart.path.into()),
        ("Chart", chart.chart.into()),
        ("TargetRevision", chart.target_revision.into()),
    ])
}

/// The start of the environment: the claim of a pool member, otherwise the creation of the
/// instance.
pub(crate) fn started_at(instance: &DployInstance) -> jiff::Timestamp {
    let metadata = &instance.metadata;
    let claimed = metadata.annotations.as_ref().and_then(|all| all.get(meta::CLAIMED_AT));
    claimed
        .and_then(|claimed| claimed.parse().ok())
        .or_else(|| metadata.creation_timestamp.as_ref().map(|created| created.0))
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}
