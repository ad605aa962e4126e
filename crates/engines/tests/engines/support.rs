//! Waits that are conditions with deadlines.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, sleep};

/// How long a test waits for a condition.
pub(crate) const CONDITION_TIMEOUT: Duration = Duration::from_secs(60);

/// Polls until there is an answer. Panics with `what` after the timeout.
#[track_caller]
pub(crate) fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut poll: impl FnMut() -> F,
) -> impl Future<Output = T> {
    let caller = std::panic::Location::caller();
    async move {
        let deadline = Instant::now() + CONDITION_TIMEOUT;
        loop {
            if let Some(answer) = poll().await {
                return answer;
            }
            assert!(Instant::now() < deadline, "{caller}: never: {what}");
            sleep(Duration::from_millis(10)).await;
        }
    }
}
