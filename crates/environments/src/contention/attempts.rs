//! A bounded number of attempts, with random pauses between them.

use std::time::Duration;

use tokio::time::sleep;

use crate::Refusal;

/// How often a request decides before it gives up.
const MAX_ATTEMPTS: u32 = 40;
/// The longest pause between two attempts, in milliseconds, before jitter.
const MAX_PAUSE: u64 = 64;

/// How often a request has decided.
#[derive(Debug, Default)]
pub(crate) struct Attempts(u32);

impl Attempts {
    /// Pauses before the next attempt. The pause grows with each attempt and is random.
    ///
    /// # Errors
    /// [`Refusal::Contended`] after the last attempt.
    pub(crate) async fn again(&mut self) -> Result<(), Refusal> {
        self.0 += 1;
        if self.0 >= MAX_ATTEMPTS {
            return Err(Refusal::Contended);
        }
        let longest = (1_u64 << self.0.min(10)).min(MAX_PAUSE);
        sleep(clock::jitter(Duration::from_millis(longest))).await;
        Ok(())
    }
}
