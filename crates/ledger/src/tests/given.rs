//! Random ledgers and instances. Few names and versions, so that they often meet.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use proptest::{option, prelude::*, sample::select};
use resources::{
    DployInstance, DployInstanceSpec, DployOwner, DployOwnerSpec, DployOwnerStatus, Identity, Seat,
    identity_label, instance_labels, meta, names::instance_name,
};

use crate::order::{Order, Origin};

pub(super) const OWNER: &str = "ada";

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a timestamp")
}

fn template() -> impl Strategy<Value = String> {
    select(vec!["desk", "lab", "a.template-with-dots-and-a-very-long-name-that-no-label-can-hold"])
        .prop_map(str::to_owned)
}

pub(super) fn uuid() -> impl Strategy<Value = String> {
    select(vec!["00000000", "00000001", "0123abcd", "ffffffff"]).prop_map(str::to_owned)
}

fn version() -> impl Strategy<Value = String> {
    (1_u8..4).prop_map(|version| version.to_string())
}

pub(super) fn second() -> impl Strategy<Value = i64> {
    0_i64..2_000
}

pub(super) fn seat() -> impl Strategy<Value = Seat> {
    (template(), uuid(), second(), option::of(version())).prop_map(
        |(template, uuid, since, chosen_at)| Seat {
            instance: instance_name(&template, &uuid),
            template,
            uuid,
            since: Time(at(since)),
            chosen_at,
            ticket: None,
        },
    )
}

/// The identity with this `sub`.
pub(super) fn identity(subject: &str) -> Identity {
    Identity { claim: "sub".to_owned(), value: subject.to_owned(), ..Identity::default() }
}

/// The record of [`OWNER`], without a ledger.
pub(super) fn owner() -> DployOwner {
    let identity = identity(OWNER);
    let mut record =
        DployOwner::new(OWNER, DployOwnerSpec { identity, ..DployOwnerSpec::default() });
    record.metadata.uid = Some("first".to_owned());
    record.metadata.creation_timestamp = Some(Time(at(1_000)));
    record
}

/// An owner record with at most one seat per template.
pub(super) fn record() -> impl Strategy<Value = DployOwner> {
    prop::collection::vec(seat(), 0..4).prop_map(|mut seats| {
        seats.sort_by(|one, other| one.template.cmp(&other.template));
        seats.dedup_by(|one, other| one.template == other.template);
        DployOwner { status: Some(DployOwnerStatus { seats }), ..owner() }
    })
}

/// A record as a deletion, a restore or an upgrade may have left it.
pub(super) fn any_record() -> impl Strategy<Value = DployOwner> {
    let uid = select(vec!["first", "second"]);
    (record(), any::<bool>(), uid, second()).prop_map(|(mut record, is_written, uid, bound)| {
        record.status = record.status.filter(|_| is_written);
        record.metadata.uid = Some(uid.to_owned());
        record.metadata.creation_timestamp = Some(Time(at(bound)));
        record
    })
}

/// An instance as `serve`, `operate`, another tool or a fence may have left it.
pub(super) fn instance() -> impl Strategy<Value = DployInstance> {
    let spec =
        (template(), uuid(), select(vec!["", OWNER, "bob"]), any::<bool>(), option::of(second()))
            .prop_map(|(template_ref, uuid, owner, pooled, expires_at)| DployInstanceSpec {
                template_ref,
                uuid: Some(uuid),
                owner: owner.to_owned(),
                pooled,
                expires_at: expires_at.map(|second| Time(at(second))),
                ..DployInstanceSpec::default()
            });
    let state = (version(), prop::bool::weighted(0.2), prop::bool::weighted(0.2), second());
    let launch =
        (option::of(select(vec![OWNER, "bob"])), option::of(select(vec!["first", "second"])));
    (spec, state, launch).prop_map(|(spec, (version, is_void, is_deleting, at_second), launch)| {
        let (launched_by, launched_on) = launch;
        let uuid = spec.uuid.clone().unwrap_or_default();
        let mut labels = instance_labels(&spec.template_ref);
        labels.extend(is_void.then(|| (meta::VOID.to_owned(), meta::TRUE.to_owned())));
        let label = launched_by.map(|subject| identity_label(&identity(subject)));
        labels.extend(label.map(|label| (meta::IDENTITY.to_owned(), label)));
        let uid = launched_on.map(|uid| (meta::OWNER_RECORD_UID.to_owned(), uid.to_owned()));
        let mut instance = DployInstance::new(&instance_name(&spec.template_ref, &uuid), spec);
        instance.metadata.labels = Some(labels);
        instance.metadata.annotations = uid.map(|uid| [uid].into());
        instance.metadata.creation_timestamp = Some(Time(at(at_second)));
        instance.metadata.resource_version = Some(version);
        instance.metadata.deletion_timestamp = is_deleting.then(|| Time(at(0)));
        instance
    })
}

pub(super) fn order() -> impl Strategy<Value = Order> {
    select(vec![OWNER, "bob"]).prop_map(|owner| Order {
        owner: owner.to_owned(),
        identity: identity_label(&identity(owner)),
        record_uid: "first".to_owned(),
        claims: serde_json::Map::new(),
        params: [].into(),
    })
}

pub(super) fn origin() -> impl Strategy<Value = Origin> {
    (-1_i64..10_000).prop_map(|ttl_seconds| Origin { ttl_seconds, ..Origin::default() })
}
