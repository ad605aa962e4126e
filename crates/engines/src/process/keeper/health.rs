//! Polls the health of a running process.

use std::time::Duration;

use resources::{Health, Reason};
use tokio::time::{Instant, sleep};

use super::{super::probe::Probe, Task};

/// How often a process is polled that has just started.
const POLL_INTERVAL_AT_START: Duration = Duration::from_millis(25);
/// For how long a process counts as just started.
const START_PERIOD: Duration = Duration::from_secs(5);
/// How often a process is polled that takes longer, or that stopped answering.
const POLL_INTERVAL_UNHEALTHY: Duration = Duration::from_millis(500);
/// How often a healthy process is polled.
const POLL_INTERVAL_HEALTHY: Duration = Duration::from_secs(2);
/// How many polls in a row a healthy process may miss.
const MAX_MISSED_POLLS: u32 = 3;
/// How long a process may take to answer for the first time.
const START_TIMEOUT: Duration = Duration::from_secs(60);

impl Task {
    /// Publishes the health of a running process. Never returns.
    pub(super) async fn watch_health(&self, probe: &Probe) {
        let began = Instant::now();
        let (mut was_healthy, mut missed) = (false, 0);
        loop {
            if probe.answers().await {
                (was_healthy, missed) = (true, 0);
                self.publisher.health(Health::Healthy, Reason::Healthy, "It answers.");
            } else {
                missed += 1;
                self.report_missed(probe, was_healthy, missed, began.elapsed());
            }
            let answered = was_healthy && missed == 0;
            let young = !was_healthy && began.elapsed() < START_PERIOD;
            sleep(if answered {
                POLL_INTERVAL_HEALTHY
            } else if young {
                POLL_INTERVAL_AT_START
            } else {
                POLL_INTERVAL_UNHEALTHY
            })
            .await;
        }
    }

    fn report_missed(&self, probe: &Probe, was_healthy: bool, missed: u32, since: Duration) {
        let is_degraded =
            if was_healthy { missed >= MAX_MISSED_POLLS } else { since >= START_TIMEOUT };
        if is_degraded {
            let message = format!("The process runs and does not answer at {}.", probe.address);
            self.publisher.health(Health::Degraded, Reason::NotAnswering, message);
        }
    }
}
