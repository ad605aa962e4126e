//! Timestamps as the resources write them (UTC, whole seconds), and the start of an environment.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::{DployInstance, meta};

/// `at` without its fraction of a second.
#[must_use]
pub fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// `seconds` after `at`, in whole seconds; [`Timestamp::MAX`] on overflow.
#[must_use]
pub fn after(at: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(at.as_second().saturating_add(seconds)).unwrap_or(Timestamp::MAX)
}

/// `pause` after `at`, with the fraction of a second; [`Timestamp::MAX`] on overflow.
#[must_use]
pub fn later(at: Timestamp, pause: Duration) -> Timestamp {
    at.checked_add(pause).unwrap_or(Timestamp::MAX)
}

/// RFC 3339 in UTC with a `Z` and whole seconds.
#[must_use]
pub fn text(at: Timestamp) -> String {
    whole(at).to_string()
}

/// [`text`], or an empty text without a timestamp.
#[must_use]
pub fn text_of(at: Option<&Time>) -> String {
    at.map(|time| text(time.0)).unwrap_or_default()
}

/// When the environment was claimed, else when it was created.
#[must_use]
pub fn started_at(instance: &DployInstance) -> Option<Timestamp> {
    claimed_at(instance).or_else(|| created_at(instance))
}

/// When a pool member was claimed.
#[must_use]
pub fn claimed_at(instance: &DployInstance) -> Option<Timestamp> {
    annotated(instance, meta::CLAIMED_AT)
}

/// When the place of an owner who waited for a pool was released.
#[must_use]
pub fn released_at(instance: &DployInstance) -> Option<Timestamp> {
    annotated(instance, meta::RELEASED_AT)
}

fn annotated(instance: &DployInstance, annotation: &str) -> Option<Timestamp> {
    instance.metadata.annotations.as_ref()?.get(annotation)?.parse().ok()
}

/// When the API server created the instance.
#[must_use]
pub fn created_at(instance: &DployInstance) -> Option<Timestamp> {
    instance.metadata.creation_timestamp.as_ref().map(|time| time.0)
}
