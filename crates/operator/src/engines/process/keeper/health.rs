use std::time::Duration;

use resources::Health;
use tokio::time::{Instant, sleep};

use super::{super::probe::Probe, Task};

/// How often a process that just started is asked.
const EAGER: Duration = Duration::from_millis(25);
/// For how long it is asked that often.
const EAGERNESS: Duration = Duration::from_secs(5);
/// How often one is asked that takes longer, or that stopped answering.
const PATIENT: Duration = Duration::from_millis(500);
/// How often a healthy one is asked.
const CALM: Duration = Duration::from_secs(2);
/// How many answers in a row a healthy one may miss.
const MISSES: u32 = 3;
/// How long a process may take to answer for the first time.
const START_UP: Duration = Duration::from_secs(60);

impl Task {
    /// Publishes the health of a running process, for ever.
    pub(super) async fn watch_health(&self, probe: &Probe) {
        let began = Instant::now();
        let (mut ever, mut missed) = (false, 0);
        loop {
            if probe.answers().await {
                (ever, missed) = (true, 0);
                self.notice.health(Health::Healthy, "Healthy", "It answers.");
            } else {
                missed += 1;
                self.missed(probe, ever, missed, began.elapsed());
            }
            let answered = ever && missed == 0;
            let young = !ever && began.elapsed() < EAGERNESS;
            sleep(if answered {
                CALM
            } else if young {
                EAGER
            } else {
                PATIENT
            })
            .await;
        }
    }

    fn missed(&self, probe: &Probe, ever: bool, missed: u32, since: Duration) {
        let at_fault = if ever { missed >= MISSES } else { since >= START_UP };
        if at_fault {
            let message = format!("The process runs, but does not answer at {}.", probe.address);
            self.notice.health(Health::Degraded, "NotAnswering", message);
        }
    }
}
