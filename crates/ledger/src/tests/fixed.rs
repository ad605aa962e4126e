//! One seat and the instance that it names.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::{DployInstance, DployInstanceSpec, Seat};

pub(crate) fn seat() -> Seat {
    Seat {
        template: "desk".to_owned(),
        instance: "desk-00000000".to_owned(),
        uuid: "00000000".to_owned(),
        since: Time(jiff::Timestamp::UNIX_EPOCH),
        chosen_at: None,
        ticket: None,
    }
}

pub(crate) fn instance() -> Box<DployInstance> {
    Box::new(DployInstance::new("desk-00000000", DployInstanceSpec::default()))
}
