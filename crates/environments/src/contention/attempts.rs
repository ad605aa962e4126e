//! A bounded number of attempts, with random pauses between them.

use std::time::Duration;

use clock::World;
use tokio::time::sleep;

use crate::Refusal;

/// How often a request decides before it gives up.
const MAX_ATTEMPTS: u32 = 40;
/// The longest pause between two attempts, in milliseconds, before jitter.
const MAX_PAUSE: u64 = 64;

/// How often a request has decided.
#[derive(Debug)]
pub(crate) struct Attempts<'a> {
    world: &'a World,
    count: u32,
}

impl<'a> Attempts<'a> {
    /// No attempt yet. The pauses are drawn from `world`.
    pub(crate) const fn of(world: &'a World) -> Self {
        Self { world, count: 0 }
    }

    /// Pauses before the next attempt. The pause grows with each attempt and is random.
    ///
    /// # Errors
    /// [`Refusal::Contended`] after the last attempt.
    pub(crate) async fn again(&mut self) -> Result<(), Refusal> {
        self.count += 1;
        if self.count >= MAX_ATTEMPTS {
            return Err(Refusal::Contended);
        }
        let longest = (1_u64 << self.count.min(10)).min(MAX_PAUSE);
        sleep(self.world.jitter(Duration::from_millis(longest))).await;
        Ok(())
    }
}
