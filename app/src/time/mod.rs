//! Points in time, durations and countdowns, and their texts. All are plain values; the ticking
//! clock is `contexts::Clock`.

mod civil;
mod countdown;
mod duration;
mod moment;
mod skew;
mod zone;

pub use countdown::Countdown;
pub use duration::{format_clock, format_duration};
pub use moment::Moment;
pub use skew::Skew;
pub use zone::Zone;

#[cfg(test)]
mod tests;
