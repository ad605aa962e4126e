use std::time::Duration;

/// The pause before the first restart.
const SHORTEST: Duration = Duration::from_millis(500);
/// The longest pause between restarts.
const LONGEST: Duration = Duration::from_secs(60);
/// A process that ran this long starts over with the shortest pause.
const STEADY: Duration = Duration::from_secs(60);

/// How long to wait before a process that ended is started again: twice as long each time.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Restarts {
    in_a_row: u32,
}

impl Restarts {
    /// Counts an ending after the process ran for `ran`, and says how long to pause.
    pub(super) fn pause_after(&mut self, ran: Duration) -> Duration {
        if ran >= STEADY {
            self.in_a_row = 0;
        }
        let pause = SHORTEST.saturating_mul(1 << self.in_a_row.min(16)).min(LONGEST);
        self.in_a_row += 1;
        pause
    }

    /// How often it ended since it last ran steadily.
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
        assert_eq!(restarts.pause_after(STEADY), SHORTEST);
        assert_eq!(restarts.in_a_row(), 1);
    }
}
