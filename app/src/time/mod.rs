//! Time as people read it. Everything here is plain values: the clock that ticks is `contexts::Clock`.

mod civil;
mod countdown;
mod duration;
mod moment;
mod skew;
mod zone;

pub use countdown::Countdown;
pub use duration::{clock_face, words};
pub use moment::Moment;
pub use skew::Skew;
pub use zone::Zone;

#[cfg(test)]
mod tests;
