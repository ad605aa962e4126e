use std::time::Duration;

use tokio::time::sleep;

use crate::Refusal;

/// How often a request decides again before it gives up.
const MOST: u32 = 40;
/// The longest pause between two decisions, in milliseconds, before jitter.
const LONGEST_PAUSE: u64 = 64;

/// How often a request has decided.
#[derive(Debug, Default)]
pub(crate) struct Attempts(u32);

impl Attempts {
    /// Waits a little, longer each time and never equally long, before the next decision.
    pub(crate) async fn again(&mut self) -> Result<(), Refusal> {
        self.0 += 1;
        if self.0 >= MOST {
            return Err(Refusal::Contended);
        }
        let longest = (1_u64 << self.0.min(10)).min(LONGEST_PAUSE);
        sleep(clock::jitter(Duration::from_millis(longest))).await;
        Ok(())
    }
}
