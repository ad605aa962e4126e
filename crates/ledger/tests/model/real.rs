//! The real resources behind the model's compact values, and back.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use ledger::{
    extend::extend_count,
    order::{Order, Origin, pool_member},
    seats::SeatKey,
    standing::{is_deleting, is_past_deadline},
    void::{is_void, void_instance},
};
use resources::{
    DployInstance, DployInstanceSpec, DployInstanceStatus, DployOwner, DployOwnerSpec,
    DployOwnerStatus, Identity, Phase, identity_label, meta, names::instance_name,
};
use serde_json::Value;

use crate::state::{self, Chosen, Name, Object, Owner, Record, Seat, Template};

/// The version that every object has; what is older has another one.
const CURRENT: &str = "current";
/// The lifetime of an environment, longer than any run.
const TTL_SECONDS: i64 = 30 * 86_400;

/// The time of an hour of the model.
pub(crate) fn at(hour: u8) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + i64::from(hour) * 3_600).expect("a timestamp")
}

pub(crate) fn key(owner: Owner) -> &'static str {
    ["", "ada", "bob"][usize::from(owner)]
}

fn template_name(template: Template) -> &'static str {
    match template {
        Template::Desk => "desk",
        Template::Lab => "lab",
        Template::Pool => "pool",
    }
}

fn template_of(name: &str) -> Template {
    let all = [Template::Desk, Template::Lab, Template::Pool];
    all.into_iter().find(|it| template_name(*it) == name).expect("a template")
}

pub(crate) fn seat_key(template: Template) -> SeatKey {
    SeatKey::of_template(template_name(template))
}

/// The random id of a request.
pub(crate) fn request_id(request: usize) -> String {
    format!("request-{request}")
}

fn request_of(id: &str) -> u8 {
    id.trim_start_matches("request-").parse().expect("a request of the model")
}

/// An instance as it was when a request marked it: only its uid counts.
pub(crate) fn marked(name: Name) -> DployInstance {
    let mut marked = DployInstance::new("", DployInstanceSpec::default());
    marked.metadata.uid = Some(uid(name, false));
    marked
}

/// A void instance takes the name of another one, and has another uid.
fn uid(name: Name, is_void: bool) -> String {
    format!("{}-{name}", if is_void { "void" } else { "uid" })
}

pub(crate) fn uuid(name: Name) -> String {
    format!("{name:08x}")
}

pub(crate) fn origin() -> Origin {
    Origin { ttl_seconds: TTL_SECONDS, ..Origin::default() }
}

pub(crate) fn order(owner: Owner, record: Record) -> Order {
    Order {
        owner: key(owner).to_owned(),
        identity: identity_label(&identity(owner)),
        record_uid: record.uid.to_string(),
        claims: serde_json::Map::new(),
        params: [].into(),
    }
}

pub(crate) fn seat(seat: Seat) -> resources::Seat {
    let uuid = uuid(seat.name);
    resources::Seat {
        template: template_name(seat.template).to_owned(),
        instance: instance_name(template_name(seat.template), &uuid),
        uuid,
        since: Time(at(seat.hour)),
        chosen_at: match seat.chosen {
            Chosen::Creates => None,
            Chosen::Current => Some(CURRENT.to_owned()),
            Chosen::Old(number) => Some(number.to_string()),
        },
        ticket: (seat.ticket > 0).then(|| seat.ticket.to_string()),
    }
}

pub(crate) fn compact_seat(seat: &resources::Seat) -> Seat {
    let hours = (seat.since.0.as_second() - at(0).as_second()) / 3_600;
    Seat {
        template: template_of(&seat.template),
        name: Name::from_str_radix(&seat.uuid, 16).expect("a name of the model"),
        chosen: match seat.chosen_at.as_deref() {
            None => Chosen::Creates,
            Some(CURRENT) => Chosen::Current,
            Some(number) => Chosen::Old(number.parse().expect("an old version")),
        },
        hour: u8::try_from(hours).expect("an hour of the model"),
        ticket: seat.ticket.as_deref().map_or(0, |it| it.parse().expect("a ticket of the model")),
    }
}

fn identity(owner: Owner) -> Identity {
    Identity { value: key(owner).to_owned(), ..Identity::default() }
}

/// The owner record.
pub(crate) fn owner_record(owner: Owner, record: Record) -> DployOwner {
    let mut real = DployOwner::new(key(owner), DployOwnerSpec::default());
    real.spec.identity = identity(owner);
    real.metadata.uid = Some(record.uid.to_string());
    real.metadata.resource_version = Some(CURRENT.to_owned());
    real.metadata.creation_timestamp = Some(Time(at(0)));
    real.status =
        record.written.then(|| DployOwnerStatus { seats: record.seats.iter().map(seat).collect() });
    real
}

/// The instance, as a read in that hour returns it.
pub(crate) fn instance(name: Name, object: Object, hour: u8) -> DployInstance {
    let template = template_name(object.template);
    let of = Seat { template: object.template, name, chosen: Chosen::Creates, hour, ticket: 0 };
    let mut real = match object {
        Object { phase: state::Phase::Void, .. } => void_instance(&seat(of)),
        Object { template: Template::Pool, .. } => pool_member(template, &uuid(name), origin()),
        _ => {
            order(object.owner, launched_on(object)).instance(&seat(of), origin(), at(object.hour))
        }
    };
    if object.template == Template::Pool && object.owner > 0 {
        let owner = order(object.owner, launched_on(object));
        real = patched(&real, owner.claim_patch(TTL_SECONDS, at(object.hour)));
    }
    if object.overdue {
        real.spec.expires_at = Some(Time(at(hour)));
    }
    let count = (meta::EXTEND_COUNT.to_owned(), object.extensions.to_string());
    real.metadata = ObjectMeta {
        resource_version: Some(CURRENT.to_owned()),
        uid: Some(uid(name, object.phase == state::Phase::Void)),
        creation_timestamp: Some(Time(at(object.hour))),
        deletion_timestamp: (object.phase == state::Phase::Deleting).then(|| Time(at(hour))),
        ..real.metadata
    };
    let ids: Vec<String> =
        (0..8).filter(|request| object.extended_by & (1 << request) != 0).map(request_id).collect();
    let annotations = real.metadata.annotations.get_or_insert_default();
    annotations.extend((object.extensions > 0).then_some(count));
    if !ids.is_empty() {
        annotations.insert(meta::EXTENDED_BY.to_owned(), ids.join(" "));
    }
    if let Some(request) = object.marked_by {
        annotations.insert(meta::REMOVED_BY.to_owned(), request_id(request.into()));
    }
    real.status = Some(DployInstanceStatus {
        phase: Some(if object.owner == 0 { Phase::Available } else { Phase::Ready }),
        ..DployInstanceStatus::default()
    });
    real
}

fn launched_on(object: Object) -> Record {
    Record { exists: true, uid: object.record, written: true, seats: state::Seats::default() }
}

/// The compact value of an instance that is written in that hour.
pub(crate) fn compact(real: &DployInstance, hour: u8) -> Object {
    let owner = (0..3).find(|owner| key(*owner) == real.spec.owner).expect("an owner of the model");
    Object {
        template: template_of(&real.spec.template_ref),
        owner,
        phase: match (is_void(real), is_deleting(real)) {
            (true, _) => state::Phase::Void,
            (false, true) => state::Phase::Deleting,
            (false, false) => state::Phase::Live,
        },
        overdue: is_past_deadline(real, at(hour)),
        extensions: u8::try_from(extend_count(real)).expect("a small count"),
        extended_by: annotation(real, meta::EXTENDED_BY)
            .unwrap_or_default()
            .split_whitespace()
            .fold(0, |bits, id| bits | (1 << request_of(id))),
        marked_by: annotation(real, meta::REMOVED_BY).map(request_of),
        record: launched_on_uid(real),
        hour,
    }
}

fn launched_on_uid(real: &DployInstance) -> u8 {
    let uid = annotation(real, meta::OWNER_RECORD_UID);
    uid.map_or(0, |uid| uid.parse().expect("a uid of the model"))
}

fn annotation<'a>(real: &'a DployInstance, name: &str) -> Option<&'a str> {
    real.metadata.annotations.as_ref()?.get(name).map(String::as_str)
}

/// The instance after a merge patch.
pub(crate) fn patched(instance: &DployInstance, patch: Value) -> DployInstance {
    let mut value = serde_json::to_value(instance).expect("an instance serializes");
    merge(&mut value, patch);
    serde_json::from_value(value).expect("a patched instance deserializes")
}

/// RFC 7386.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    for (name, value) in patch {
        if value.is_null() {
            target.as_object_mut().map(|it| it.remove(&name));
        } else {
            merge(&mut target[name], value);
        }
    }
}
