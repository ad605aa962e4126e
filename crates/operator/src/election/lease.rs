//! Pure functions of a Lease.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::MicroTime,
};
use kube::{ResourceExt, api::ObjectMeta};
use tokio::time::Instant;

/// What a replica remembers of the lease while another one holds it.
#[derive(Debug, Default)]
pub(super) struct Observer {
    /// The version that was observed, and since when, on this machine's monotonic clock.
    seen: Option<(String, Instant)>,
}

impl Observer {
    /// Whether `identity` holds the lease already, the lease is free, or it was not renewed for its
    /// duration.
    pub(super) fn may_take(&mut self, lease: &Lease, identity: &str, now: Instant) -> bool {
        let spec = lease.spec.as_ref();
        let holder = spec.and_then(|spec| spec.holder_identity.as_deref()).unwrap_or_default();
        if holder.is_empty() || holder == identity {
            return true;
        }
        let version = lease.resource_version().unwrap_or_default();
        let since = match &self.seen {
            Some((seen, since)) if *seen == version => *since,
            _ => now,
        };
        self.seen = Some((version, since));
        let seconds = spec.and_then(|spec| spec.lease_duration_seconds).unwrap_or_default();
        now.duration_since(since) >= Duration::from_secs(seconds.max(1).unsigned_abs().into())
    }
}

/// A new lease, held by `identity`.
pub(super) fn first(name: &str, identity: &str, duration: Duration, now: Timestamp) -> Lease {
    let metadata = ObjectMeta { name: Some(name.into()), ..ObjectMeta::default() };
    taken(Lease { metadata, spec: None }, identity, duration, now)
}

/// The lease after `identity` took or renewed it.
pub(super) fn taken(mut lease: Lease, identity: &str, duration: Duration, now: Timestamp) -> Lease {
    let before = lease.spec.take().unwrap_or_default();
    let renewed = before.holder_identity.as_deref() == Some(identity);
    let transitions = before.lease_transitions.unwrap_or_default();
    lease.spec = Some(LeaseSpec {
        holder_identity: Some(identity.into()),
        lease_duration_seconds: Some(whole_seconds(duration)),
        acquire_time: before.acquire_time.filter(|_| renewed).or(Some(MicroTime(now))),
        renew_time: Some(MicroTime(now)),
        lease_transitions: Some(if renewed { transitions } else { transitions + 1 }),
        ..before
    });
    lease
}

/// Whether `identity` holds the lease.
pub(super) fn is_held_by(lease: &Lease, identity: &str) -> bool {
    lease.spec.as_ref().and_then(|spec| spec.holder_identity.as_deref()) == Some(identity)
}

/// Whether `found` is what `identity` wrote as `written`, and nobody wrote it since.
pub(super) fn is_written(found: &Lease, written: &Lease, identity: &str) -> bool {
    let renewed = |lease: &Lease| {
        // The API server keeps microseconds.
        let spec = lease.spec.as_ref()?;
        spec.renew_time.as_ref().map(|time| time.0.as_microsecond())
    };
    is_held_by(found, identity) && renewed(found).is_some() && renewed(found) == renewed(written)
}

/// Frees the lease for the next replica.
pub(super) fn release(lease: &mut Lease, now: Timestamp) {
    if let Some(spec) = &mut lease.spec {
        spec.holder_identity = Some(String::new());
        spec.lease_duration_seconds = Some(1);
        spec.renew_time = Some(MicroTime(now));
    }
}

fn whole_seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_millis().div_ceil(1000)).unwrap_or(i32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn held(version: &str) -> Lease {
        let mut lease = first("it", "other", SECOND * 2, Timestamp::UNIX_EPOCH);
        lease.metadata.resource_version = Some(version.into());
        lease
    }

    #[test]
    fn a_lease_is_taken_only_after_it_stood_still_for_its_duration() {
        let (mut standing, start) = (Observer::default(), Instant::now());
        assert!(!standing.may_take(&held("1"), "me", start));
        assert!(!standing.may_take(&held("1"), "me", start + SECOND));
        assert!(!standing.may_take(&held("2"), "me", start + SECOND * 2));
        assert!(!standing.may_take(&held("2"), "me", start + SECOND * 3));
        assert!(standing.may_take(&held("2"), "me", start + SECOND * 4));
    }

    #[test]
    fn an_own_or_returned_lease_is_taken_at_once() {
        let mut returned = held("1");
        assert!(Observer::default().may_take(&returned, "other", Instant::now()));
        release(&mut returned, Timestamp::UNIX_EPOCH);
        assert!(Observer::default().may_take(&returned, "me", Instant::now()));
    }

    #[test]
    fn an_own_write_is_recognized_by_its_holder_and_time() {
        let now: Timestamp = "2026-01-01T00:00:00.123456789Z".parse().unwrap();
        let ours = first("it", "me", SECOND, now);
        let stored: Lease = serde_json::from_value(serde_json::to_value(&ours).unwrap()).unwrap();
        assert!(is_written(&stored, &ours, "me"));
        assert!(!is_written(&taken(stored.clone(), "me", SECOND, now + SECOND), &ours, "me"));
        assert!(!is_written(&first("it", "other", SECOND, now), &ours, "me"));
        assert!(!is_written(&Lease::default(), &ours, "me"));
    }

    #[test]
    fn a_renewal_keeps_the_time_of_acquisition_and_a_takeover_counts() {
        let renewed = taken(held("1"), "other", SECOND, Timestamp::MAX).spec.unwrap();
        assert_eq!(renewed.acquire_time, Some(MicroTime(Timestamp::UNIX_EPOCH)));
        assert_eq!(renewed.lease_transitions, Some(1));
        let taken_over = taken(held("1"), "me", SECOND, Timestamp::MAX).spec.unwrap();
        assert_eq!(taken_over.acquire_time, Some(MicroTime(Timestamp::MAX)));
        assert_eq!(taken_over.lease_transitions, Some(2));
    }
}
