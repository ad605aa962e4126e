//! Whether a controller gets on. A leader whose reconciles hang must not go on leading.

use std::time::{Duration, Instant};

/// How many times its usual duration a controller may take to finish the next reconcile.
const MAX_USUAL_DURATIONS: u32 = 20;
/// The weight of the earlier reconciles in the usual duration, against one of the last.
const WEIGHT_OF_EARLIER: u32 = 7;

/// The bounds of the time after which a controller is stalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StallLimits {
    /// The shortest time.
    pub min: Duration,
    /// The longest time.
    pub max: Duration,
}

/// Watches the reconciles of one controller.
///
/// A reconcile is *due* while it is in flight, and while it waits for the next attempt because the
/// API server did not answer. Reconciles that queue need no attention of their own: they start at
/// once unless others are in flight.
#[derive(Debug, Default)]
pub struct Watchdog {
    in_flight: usize,
    /// Since when reconciles are due and none finished; `None` when none is due.
    waiting_since: Option<Instant>,
    usual: Duration,
}

impl Watchdog {
    /// Records that a reconcile began.
    pub fn began(&mut self, now: Instant) {
        self.in_flight += 1;
        self.waiting_since.get_or_insert(now);
    }

    /// Records that a reconcile ended after `took`, with an answer or without.
    pub fn ended(&mut self, is_answered: bool, took: Duration, now: Instant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if is_answered {
            self.usual = (self.usual * WEIGHT_OF_EARLIER + took) / (WEIGHT_OF_EARLIER + 1);
            self.waiting_since = (self.in_flight > 0).then_some(now);
        }
    }

    /// Whether reconciles are due, and none has finished for longer than the limit.
    #[must_use]
    pub fn is_stalled(&self, limits: &StallLimits, now: Instant) -> bool {
        let limit = (self.usual * MAX_USUAL_DURATIONS).clamp(limits.min, limits.max);
        self.waiting_since.is_some_and(|since| now.saturating_duration_since(since) > limit)
    }
}

#[cfg(test)]
mod tests;
