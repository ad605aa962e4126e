//! The pauses between restarts.

use std::time::Duration;

/// The pause before the first restart.
const MIN_RESTART_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause between two restarts.
const MAX_RESTART_PAUSE: Duration = Duration::from_secs(60);
/// After a run of this length, the pauses start at the shortest again.
const STEADY_RUN: Duration = Duration::from_secs(60);

/// The pauses before a process is restarted. Each is twice as long as the one before.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Restarts {
    in_a_row: u32,
}

impl Restarts {
    /// Counts the end of a run that lasted `ran`. Returns the pause before the next one.
    pub(super) fn pause_after(&mut self, ran: Duration) -> Duration {
        if ran >= STEADY_RUN {
            self.in_a_row = 0;
        }
        let pause =
            MIN_RESTART_PAUSE.saturating_mul(1 << self.in_a_row.min(16)).min(MAX_RESTART_PAUSE);
        self.in_a_row += 1;
        pause
    }

    /// How often the process ended since its last steady run.
    pub(super) fn in_a_row(self) -> u32 {
        self.in_a_row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute_and_start_over_after_a_steady_run() {
        let mut restarts = Restarts::default();
        let pauses: Vec<u128> =
            (0..9).map(|_| restarts.pause_after(Duration::ZERO).as_millis()).collect();
        assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
        assert_eq!(restarts.pause_after(STEADY_RUN), MIN_RESTART_PAUSE);
        assert_eq!(restarts.in_a_row(), 1);
    }
}
