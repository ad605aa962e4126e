//! What every page shares. Each context is a newtype with a `provide_…` and a `use_…` that says what is missing.

mod asked;
mod clock;
mod line;
mod live;
mod preferences;
mod session;
mod toasts;
#[cfg(feature = "ssr")]
mod visitor;

pub use asked::{Asked, asked};
pub use clock::{Clock, provide_clock, use_clock};
pub use line::follow_changes;
pub use live::{Connection, Live, provide_live, use_live};
pub use preferences::{provide_preferences, use_preferences};
pub use session::{Session, provide_session, use_session, use_sign_in_link};
pub use toasts::{Toast, Toasts, provide_toasts, use_toasts};
#[cfg(feature = "ssr")]
pub use visitor::Visitor;
