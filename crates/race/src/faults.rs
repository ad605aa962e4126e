//! The faults of the proxy, and how often each of them happens.

use std::time::Duration;

use clock::World;
use http::StatusCode;

/// The longest of the usual delays.
const MAX_DELAY: Duration = Duration::from_millis(400);
/// The longest of the rare delays: longer than the calls of `serve` wait.
const MAX_STALL: Duration = Duration::from_secs(14);

/// On which side of the effect a fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Before: the request has no effect, or only later.
    Before,
    /// After: the request has taken effect.
    After,
}

/// What the proxy does to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// It waits.
    Delay(Side, Duration),
    /// It answers this status.
    Status(Side, StatusCode),
    /// It closes the connection without an answer.
    Cut(Side),
    /// It answers the first half of the body, as if it were whole.
    Half,
    /// It answers a page with status 200, after the effect.
    Page,
}

impl Fault {
    /// A random fault. Of a thousand requests 925 have none.
    pub(crate) fn draw(world: &World) -> Self {
        use Side::{After, Before};
        match world.random_index(0..1000) {
            0..20 => Self::Delay(Before, world.jitter(MAX_DELAY)),
            20..40 => Self::Delay(After, world.jitter(MAX_DELAY)),
            40..42 => Self::Delay(Before, world.jitter(MAX_STALL)),
            42..44 => Self::Delay(After, world.jitter(MAX_STALL)),
            44..48 => Self::Status(Before, StatusCode::SERVICE_UNAVAILABLE),
            48..51 => Self::Status(Before, StatusCode::TOO_MANY_REQUESTS),
            51..58 => Self::Status(After, StatusCode::SERVICE_UNAVAILABLE),
            58..61 => Self::Status(After, StatusCode::GATEWAY_TIMEOUT),
            61..63 => Self::Status(After, StatusCode::INTERNAL_SERVER_ERROR),
            63..66 => Self::Cut(Before),
            66..71 => Self::Cut(After),
            71..73 => Self::Half,
            73..75 => Self::Page,
            _ => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clock::{SeededEntropy, SystemClock};

    use super::*;

    #[test]
    fn a_seed_decides_the_faults_and_most_requests_have_none() {
        let draw = |seed| {
            let world =
                World { clock: SystemClock::shared(), entropy: SeededEntropy::shared(seed) };
            (0..10_000).map(|_| Fault::draw(&world)).collect::<Vec<_>>()
        };
        let faults = draw(1);
        assert_eq!(faults, draw(1));
        let none = faults.iter().filter(|fault| **fault == Fault::None).count();
        assert!((9_000..9_500).contains(&none), "{none}");
        assert!(faults.contains(&Fault::Page) && faults.contains(&Fault::Half));
    }
}
