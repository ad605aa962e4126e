//! What every page shares: one context, of which each `use_…` gives a part.

mod asked;
mod clock;
mod line;
mod live;
mod preferences;
mod session;
mod toasts;
#[cfg(feature = "ssr")]
mod visitor;

use leptos::prelude::*;

pub use asked::{Asked, asked};
pub use clock::Clock;
pub use line::follow_changes;
pub use live::{Connection, Live};
pub use preferences::Preferences;
pub use session::{Session, use_sign_in_link};
pub use toasts::{Toast, Toasts};
#[cfg(feature = "ssr")]
pub use visitor::Visitor;

/// All of it.
#[derive(Clone, Copy)]
pub struct Shared {
    /// How this reader wants to see things.
    pub preferences: Preferences,
    /// The server's clock.
    pub clock: Clock,
    /// Who reads the page.
    pub session: Session,
    /// The messages.
    pub toasts: Toasts,
    /// What the reader owns.
    pub live: Live,
}

/// Provides what every page shares.
pub fn provide_shared() -> Shared {
    let (preferences, clock) = (Preferences::new(), Clock::new());
    let (session, toasts) = (Session::new(), Toasts::new());
    let live = Live::new(clock, session, toasts);
    let shared = Shared { preferences, clock, session, toasts, live };
    provide_context(shared);
    shared
}

fn shared() -> Shared {
    expect_context()
}

/// How this reader wants to see things.
#[must_use]
pub fn use_preferences() -> Preferences {
    shared().preferences
}

/// The clock.
#[must_use]
pub fn use_clock() -> Clock {
    shared().clock
}

/// The session.
#[must_use]
pub fn use_session() -> Session {
    shared().session
}

/// The messages.
#[must_use]
pub fn use_toasts() -> Toasts {
    shared().toasts
}

/// What the reader owns.
#[must_use]
pub fn use_live() -> Live {
    shared().live
}
