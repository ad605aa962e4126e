//! The state that all parts of a page share. Each `use_…` returns one piece of it.

mod answer_resource;
mod clock;
mod event_stream;
mod live_list;
mod preferences;
mod session;
mod toasts;

use leptos::prelude::*;

pub use answer_resource::{AnswerResource, answer_resource};
pub use clock::Clock;
pub use event_stream::follow_event_stream;
pub use live_list::{LiveList, StreamStatus};
pub use preferences::Preferences;
pub use session::{Session, use_sign_in_link};
pub use toasts::{Toast, Toasts};

/// The shared state.
#[derive(Clone, Copy)]
pub struct Shared {
    /// The user's theme and time zone.
    pub preferences: Preferences,
    /// The server's clock.
    pub clock: Clock,
    /// The signed-in user.
    pub session: Session,
    /// The toasts and the announcements.
    pub toasts: Toasts,
    /// The user's environments.
    pub live: LiveList,
}

/// Creates the shared state and provides it as a context.
pub fn provide_shared() -> Shared {
    let (preferences, clock) = (Preferences::new(), Clock::new());
    let (session, toasts) = (Session::new(), Toasts::new());
    let live = LiveList::new(clock, session, toasts);
    let shared = Shared { preferences, clock, session, toasts, live };
    provide_context(shared);
    shared
}

fn shared() -> Shared {
    expect_context()
}

/// The user's theme and time zone.
#[must_use]
pub fn use_preferences() -> Preferences {
    shared().preferences
}

/// The server's clock.
#[must_use]
pub fn use_clock() -> Clock {
    shared().clock
}

/// The signed-in user.
#[must_use]
pub fn use_session() -> Session {
    shared().session
}

/// The toasts and the announcements.
#[must_use]
pub fn use_toasts() -> Toasts {
    shared().toasts
}

/// The user's environments.
#[must_use]
pub fn use_live_list() -> LiveList {
    shared().live
}
