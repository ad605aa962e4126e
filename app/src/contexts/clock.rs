//! The server's clock, estimated in the browser.

use gloo_timers::callback::Interval;
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use crate::time::{Moment, Skew};

/// How often the browser reads its clock, in milliseconds: often enough to show every second.
const TICK_INTERVAL_MS: u32 = 250;
/// The pause between two ticks, in milliseconds, from which on the machine is taken to have slept.
const MIN_SLEEP_MS: i64 = 20_000;

/// The server's clock, as the browser estimates it.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    skew: RwSignal<Skew>,
    last_tick: RwSignal<Option<Moment>>,
    wake_count: RwSignal<u32>,
}

impl Clock {
    /// A clock that stands still until [`Clock::run`].
    #[must_use]
    pub fn new() -> Self {
        Self {
            skew: RwSignal::new(Skew::default()),
            last_tick: RwSignal::new(None),
            wake_count: RwSignal::new(0),
        }
    }

    /// The server's time.
    ///
    /// Before the first tick it is `rendered`, the time at which the server rendered the page, so
    /// that the server and the browser render the same text.
    #[must_use]
    pub fn now(&self, rendered: Option<Moment>) -> Moment {
        self.last_tick.get().or(rendered).unwrap_or(Moment(0))
    }

    /// Corrects the estimate by the server's time in an answer that just arrived.
    pub fn learn(&self, server: Moment) {
        self.skew.update(|skew| *skew = skew.learn(server, browser_ms()));
    }

    /// How often the machine woke from sleep.
    #[must_use]
    pub fn wake_count(&self) -> u32 {
        self.wake_count.get()
    }

    /// Starts to tick, in the browser.
    pub fn run(self) {
        let last = RwSignal::new(browser_ms());
        let tick = move || {
            let now = browser_ms();
            if now - last.get_untracked() > MIN_SLEEP_MS || now < last.get_untracked() {
                self.skew.update(|skew| *skew = skew.marked_stale());
                self.wake_count.update(|count| *count += 1);
            }
            last.set(now);
            let server = self.skew.get_untracked().server_time(now);
            if self.last_tick.get_untracked() != Some(server) {
                self.last_tick.set(Some(server));
            }
        };
        let ticking = SendWrapper::new(Interval::new(TICK_INTERVAL_MS, tick));
        on_cleanup(move || drop(ticking));
    }
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are whole and fit")]
fn browser_ms() -> i64 {
    js_sys::Date::now() as i64
}
