//! Waiting for a condition.

use std::{future::Future, time::Duration};

/// How long [`eventually`] waits, and how long a test should wait for anything else.
pub const EVENTUALLY_TIMEOUT: Duration = Duration::from_secs(30);
/// The pause between two checks of a condition.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Calls `check` until it returns a value.
///
/// # Panics
/// After [`EVENTUALLY_TIMEOUT`], with `condition` in the message.
pub async fn eventually<T, F>(condition: &str, mut check: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let value = async {
        loop {
            if let Some(value) = check().await {
                return value;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    };
    match tokio::time::timeout(EVENTUALLY_TIMEOUT, value).await {
        Ok(value) => value,
        Err(_) => panic!("{condition}: not within {} s", EVENTUALLY_TIMEOUT.as_secs()),
    }
}
