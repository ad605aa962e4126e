use gloo_timers::callback::Interval;
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use crate::time::{Moment, Skew};

/// How often the browser's clock is looked at, in milliseconds: often enough that no second is skipped.
const TICK_MS: u32 = 250;
/// A pause between two looks that means the machine slept.
const SLEPT_MS: i64 = 20_000;

/// The server's clock, as well as the browser can tell it.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    skew: RwSignal<Skew>,
    ticked: RwSignal<Option<Moment>>,
    woke: RwSignal<u32>,
}

impl Clock {
    /// A clock that stands until [`Clock::run`].
    #[must_use]
    pub fn new() -> Self {
        Self {
            skew: RwSignal::new(Skew::default()),
            ticked: RwSignal::new(None),
            woke: RwSignal::new(0),
        }
    }

    /// The server's time. Until the browser's clock ticks it is `rendered`, the server's time when it rendered the page, so
    /// that both sides write the same words.
    #[must_use]
    pub fn now(&self, rendered: Option<Moment>) -> Moment {
        self.ticked.get().or(rendered).unwrap_or(Moment(0))
    }

    /// Takes in the server's time from an answer that just arrived.
    pub fn learn(&self, server: Moment) {
        self.skew.update(|skew| *skew = skew.learn(server, browser_ms()));
    }

    /// How often the machine woke from a sleep.
    #[must_use]
    pub fn woke(&self) -> u32 {
        self.woke.get()
    }

    /// Starts ticking, in the browser.
    pub fn run(self) {
        let last = RwSignal::new(browser_ms());
        let tick = move || {
            let now = browser_ms();
            if now - last.get_untracked() > SLEPT_MS || now < last.get_untracked() {
                self.skew.update(|skew| *skew = skew.doubted());
                self.woke.update(|times| *times += 1);
            }
            last.set(now);
            let server = self.skew.get_untracked().server_time(now);
            if self.ticked.get_untracked() != Some(server) {
                self.ticked.set(Some(server));
            }
        };
        let ticking = SendWrapper::new(Interval::new(TICK_MS, tick));
        on_cleanup(move || drop(ticking));
    }
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are whole and fit")]
fn browser_ms() -> i64 {
    js_sys::Date::now() as i64
}
