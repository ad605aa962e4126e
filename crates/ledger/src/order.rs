//! The instances that Dploy creates, and the patch that claims one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use resources::{
    DployInstance, DployInstanceSpec, Seat, UNLIMITED, instance_labels, meta, names::instance_name,
};
use serde_json::{Map, Value, json};

use crate::timestamps;

/// What an owner asked for at launch.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The owner key.
    pub owner: String,
    /// The owner's identity, as [`identity_label`](resources::identity_label) writes it.
    pub identity: String,
    /// The uid of the owner record, to which the seat is written.
    pub record_uid: String,
    /// The owner's claims, for the templates.
    pub claims: Map<String, Value>,
    /// The values of the declared parameters.
    pub params: BTreeMap<String, String>,
}

/// What a new instance takes from a revision of its template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The name of the revision.
    pub revision: String,
    /// The lifetime in seconds, from the launch or claim to the deadline.
    pub ttl_seconds: i64,
    /// The secret seed of random template functions: 32 hexadecimal digits.
    pub seed: String,
}

impl Order {
    /// The instance that the seat names.
    #[must_use]
    pub fn instance(&self, seat: &Seat, origin: Origin, now: Timestamp) -> DployInstance {
        let mut labels = instance_labels(&seat.template);
        labels.insert(meta::OWNER.to_owned(), self.owner.clone());
        labels.insert(meta::IDENTITY.to_owned(), self.identity.clone());
        let uid = (meta::OWNER_RECORD_UID.to_owned(), self.record_uid.clone());
        DployInstance {
            metadata: ObjectMeta {
                annotations: Some(BTreeMap::from([uid])),
                ..with_finalizer(seat.instance.clone(), labels)
            },
            spec: DployInstanceSpec {
                template_ref: seat.template.clone(),
                owner: self.owner.clone(),
                claims: self.claims.clone(),
                params: self.params.clone(),
                pooled: false,
                queued: false,
                ttl_seconds: Some(origin.ttl_seconds),
                expires_at: deadline(origin.ttl_seconds, now),
                uuid: Some(seat.uuid.clone()),
                revision: Some(origin.revision),
                seed: Some(origin.seed),
            },
            status: None,
        }
    }

    /// The same order with other claims.
    #[must_use]
    pub fn with_claims(
        &self,
        change: impl FnOnce(&Map<String, Value>) -> Map<String, Value>,
    ) -> Self {
        Self { claims: change(&self.claims), ..self.clone() }
    }

    /// The merge patch that makes an unclaimed member the owner's.
    #[must_use]
    pub fn claim_patch(&self, ttl_seconds: i64, now: Timestamp) -> Value {
        json!({
            "metadata": {
                "labels": { (meta::OWNER): self.owner, (meta::IDENTITY): self.identity },
                "annotations": {
                    (meta::CLAIMED_AT): timestamps::text(now),
                    (meta::OWNER_RECORD_UID): self.record_uid,
                },
            },
            "spec": {
                "owner": self.owner,
                "claims": self.claims,
                "params": self.params,
                "ttlSeconds": ttl_seconds,
                "expiresAt": deadline(ttl_seconds, now),
            },
        })
    }
}

/// An unclaimed member of the template's pool.
#[must_use]
pub fn pool_member(template: &str, uuid: &str, origin: Origin) -> DployInstance {
    let mut labels = instance_labels(template);
    labels.insert(meta::POOLED.to_owned(), meta::TRUE.to_owned());
    DployInstance {
        metadata: with_finalizer(instance_name(template, uuid), labels),
        spec: DployInstanceSpec {
            template_ref: template.to_owned(),
            pooled: true,
            ttl_seconds: Some(origin.ttl_seconds),
            uuid: Some(uuid.to_owned()),
            revision: Some(origin.revision),
            seed: Some(origin.seed),
            ..DployInstanceSpec::default()
        },
        status: None,
    }
}

fn with_finalizer(name: String, labels: BTreeMap<String, String>) -> ObjectMeta {
    ObjectMeta {
        name: Some(name),
        labels: Some(labels),
        finalizers: Some(vec![meta::FINALIZER.to_owned()]),
        ..ObjectMeta::default()
    }
}

/// The deadline of an environment whose lifetime begins now.
pub(crate) fn deadline(ttl_seconds: i64, now: Timestamp) -> Option<Time> {
    (ttl_seconds > UNLIMITED).then(|| Time(timestamps::after(now, ttl_seconds)))
}
