//! Percentiles of durations.

use std::time::Duration;

/// Sorted durations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Durations(Vec<Duration>);

impl Durations {
    /// The percentile by the nearest-rank method; zero for an empty list.
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100);
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// The median.
    pub fn p50(&self) -> Duration {
        self.percentile(50)
    }

    /// The 95th percentile.
    pub fn p95(&self) -> Duration {
        self.percentile(95)
    }

    /// The 99th percentile.
    pub fn p99(&self) -> Duration {
        self.percentile(99)
    }

    /// The longest.
    pub fn max(&self) -> Duration {
        self.percentile(100)
    }

    /// The number of durations.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

impl FromIterator<Duration> for Durations {
    fn from_iter<I: IntoIterator<Item = Duration>>(durations: I) -> Self {
        let mut sorted: Vec<Duration> = durations.into_iter().collect();
        sorted.sort_unstable();
        Self(sorted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milliseconds(values: impl IntoIterator<Item = u64>) -> Durations {
        values.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn percentiles_use_the_nearest_rank() {
        let hundred = milliseconds((1..=100).rev());
        assert_eq!(hundred.p50(), Duration::from_millis(50));
        assert_eq!(hundred.p95(), Duration::from_millis(95));
        assert_eq!(hundred.p99(), Duration::from_millis(99));
        assert_eq!(hundred.max(), Duration::from_millis(100));
        let few = milliseconds([3, 1, 2]);
        assert_eq!(few.p50(), Duration::from_millis(2));
        assert_eq!(few.p95(), Duration::from_millis(3));
    }

    #[test]
    fn percentiles_of_one_and_of_no_duration() {
        let one = milliseconds([7]);
        assert_eq!((one.p50(), one.max()), (Duration::from_millis(7), Duration::from_millis(7)));
        assert_eq!(Durations::default().p95(), Duration::ZERO);
    }
}
