//! What a launch asks for, and the objects it writes. Pure.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::{ResourceExt, api::ObjectMeta};
use resources::{
    DployInstance, DployInstanceSpec, DployTemplate, ResolvedTemplate, Seat, UNLIMITED,
    instance_labels, meta,
};
use serde_json::{Map, Value, json};

use crate::{instant, owners::Owner};

/// Claims about the token itself, which say nothing of its bearer and change with every sign-in.
const ABOUT_THE_TOKEN: [&str; 12] = [
    "acr",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "c_hash",
    "exp",
    "iat",
    "jti",
    "nbf",
    "nonce",
];

/// A launch that was found to be allowed but for the quota.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) template: Arc<DployTemplate>,
    pub(crate) owner: Owner,
    pub(crate) claims: Map<String, Value>,
    pub(crate) params: BTreeMap<String, String>,
}

impl Order {
    /// The template's name.
    pub(crate) fn template_name(&self) -> String {
        self.template.name_any()
    }

    /// The instance that the seat names.
    pub(super) fn instance(
        &self,
        seat: &Seat,
        resolved: ResolvedTemplate,
        now: Timestamp,
    ) -> DployInstance {
        let mut labels = instance_labels(&seat.template);
        labels.insert(meta::OWNER.to_owned(), self.owner.key.clone());
        DployInstance {
            metadata: ObjectMeta {
                name: Some(seat.instance.clone()),
                labels: Some(labels),
                finalizers: Some(vec![meta::FINALIZER.to_owned()]),
                ..ObjectMeta::default()
            },
            spec: DployInstanceSpec {
                template_ref: seat.template.clone(),
                owner: self.owner.key.clone(),
                claims: self.claims.clone(),
                params: self.params.clone(),
                pooled: false,
                ttl_seconds: Some(resolved.ttl_seconds),
                expires_at: deadline(resolved.ttl_seconds, now),
                uuid: Some(seat.uuid.clone()),
                resolved: Some(resolved),
            },
            status: None,
        }
    }

    /// What makes an unclaimed member the owner's.
    pub(super) fn claim(&self, ttl_seconds: i64, now: Timestamp) -> Value {
        json!({
            "metadata": {
                "labels": { (meta::OWNER): self.owner.key },
                "annotations": { (meta::CLAIMED_AT): instant::text(now) },
            },
            "spec": {
                "owner": self.owner.key,
                "claims": self.claims,
                "params": self.params,
                "ttlSeconds": ttl_seconds,
                "expiresAt": deadline(ttl_seconds, now),
            },
        })
    }
}

/// The claims that templates may use.
pub(super) fn lasting_claims(claims: &Map<String, Value>) -> Map<String, Value> {
    let lasting = claims.iter().filter(|(name, _)| !ABOUT_THE_TOKEN.contains(&name.as_str()));
    lasting.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// An instance under the seat's name that is nobody's: the create of a late writer fails on it.
pub(crate) fn void(seat: &Seat) -> DployInstance {
    let mut labels = instance_labels(&seat.template);
    labels.insert(meta::VOID.to_owned(), meta::TRUE.to_owned());
    DployInstance {
        metadata: ObjectMeta {
            name: Some(seat.instance.clone()),
            labels: Some(labels),
            ..ObjectMeta::default()
        },
        spec: DployInstanceSpec {
            template_ref: seat.template.clone(),
            uuid: Some(seat.uuid.clone()),
            ..DployInstanceSpec::default()
        },
        status: None,
    }
}

fn deadline(ttl_seconds: i64, now: Timestamp) -> Option<Time> {
    (ttl_seconds > UNLIMITED).then(|| Time(instant::after(now, ttl_seconds)))
}
