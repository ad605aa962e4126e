//! Outages: times in which the cache may miss changes, because a watch is closed or silent.

use std::time::Duration;

use kubeclient::Vitals;
use tokio::{sync::broadcast, time::interval};

use super::ListChange;

/// How long a watch may be closed until readers are told. A watch is opened again and again, which
/// takes no longer than this.
pub(crate) const OUTAGE_LIMIT: Duration = Duration::from_secs(3);
/// How often the watches are checked.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// For how long the watch that is out of date the longest may have missed changes.
pub(super) fn longest(vitals: &[(&'static str, Vitals)]) -> Duration {
    vitals.iter().map(|(_, vitals)| vitals.out_of_date_for()).max().unwrap_or_default()
}

/// Reports the beginning and the end of every outage as a change of everyone's list.
pub(super) async fn report_outages(
    vitals: Vec<(&'static str, Vitals)>,
    changes: broadcast::Sender<ListChange>,
) {
    let mut was_out_of_date = false;
    let mut checks = interval(CHECK_INTERVAL);
    loop {
        checks.tick().await;
        let is_out_of_date = longest(&vitals) > OUTAGE_LIMIT;
        if is_out_of_date != was_out_of_date {
            was_out_of_date = is_out_of_date;
            tracing::warn!(is_out_of_date, "the watches of the cache closed or opened again");
            // An error means that there is no receiver.
            let _ = changes.send(ListChange::Everyone);
        }
    }
}
