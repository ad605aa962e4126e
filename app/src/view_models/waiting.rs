//! The place of an environment in the queue of a pool, as a text.

use wire::Environment;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;

/// The place in the queue and the expected time: `Waiting: place 3, about 4 minutes`. `None` for an
/// environment that does not wait.
#[must_use]
pub fn waiting(environment: &Environment) -> Option<String> {
    let Environment { position, expected_seconds, .. } = environment;
    (*position > 0).then(|| format!("Waiting: place {position}{}", about(*expected_seconds)))
}

/// The expected time, rounded up so that nobody is disappointed; empty when it is not known.
fn about(seconds: u32) -> String {
    match seconds {
        0 => String::new(),
        1..MINUTE => ", less than a minute".to_owned(),
        MINUTE..HOUR => format!(", about {}", plural(seconds.div_ceil(MINUTE), "minute")),
        _ => format!(", about {}", plural(seconds.div_ceil(HOUR), "hour")),
    }
}

fn plural(count: u32, unit: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{ending}")
}
