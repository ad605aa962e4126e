//! The pauses before a request is sent again.

use std::time::Duration;

use clock::World;
use http::{HeaderMap, header::RETRY_AFTER};

/// How often a request is sent at most.
pub(crate) const MAX_ATTEMPTS: u32 = 6;

/// The pauses between attempts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pauses {
    /// The longest random pause before the second attempt. It doubles with each attempt.
    pub(crate) first: Duration,
    /// The longest random pause before any attempt.
    pub(crate) longest: Duration,
}

impl Pauses {
    /// The pause after this many attempts: a random time, on top of what the server asked for.
    /// `None` after the last attempt.
    pub(crate) fn after(
        &self,
        attempts: u32,
        headers: &HeaderMap,
        world: &World,
    ) -> Option<Duration> {
        if attempts >= MAX_ATTEMPTS {
            return None;
        }
        let doublings = attempts.saturating_sub(1).min(16);
        let longest = self.first.saturating_mul(1 << doublings).min(self.longest);
        Some(retry_after(headers).saturating_add(world.jitter(longest)))
    }
}

/// The seconds of the header `Retry-After`; zero without one. API servers send no dates.
fn retry_after(headers: &HeaderMap) -> Duration {
    let seconds = headers.get(RETRY_AFTER).and_then(|it| it.to_str().ok()?.parse().ok());
    seconds.map_or(Duration::ZERO, Duration::from_secs)
}

#[cfg(test)]
mod tests;
