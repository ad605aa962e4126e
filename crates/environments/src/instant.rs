//! Times as the wire and the resources write them: UTC, whole seconds.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

/// `at` without its fraction of a second.
pub(crate) fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// `seconds` after `at`, in whole seconds; the end of all time where there is nothing later.
pub(crate) fn after(at: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(at.as_second().saturating_add(seconds)).unwrap_or(Timestamp::MAX)
}

/// RFC 3339 in UTC with a `Z` and whole seconds.
pub(crate) fn text(at: Timestamp) -> String {
    whole(at).to_string()
}

/// As [`text`]; empty where there is no time.
pub(crate) fn text_of(at: Option<&Time>) -> String {
    at.map(|time| text(time.0)).unwrap_or_default()
}
