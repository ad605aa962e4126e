//! What the parts show, as plain values: no signals, no markup, no browser.

mod announcements;
mod extension;
mod facts;
mod filter;
mod glyph;
mod hue;
mod offer;
mod quota;
mod sign_in_failure;
mod stage;
mod waiting;

pub use announcements::announcements;
pub use extension::Extension;
pub use facts::{category_label, lifetime, short_url};
pub use filter::{CatalogFilter, categories, split_category};
pub use glyph::Glyph;
pub use hue::hue;
pub use offer::{Offer, active_environment};
pub use quota::Quota;
pub use sign_in_failure::SignInFailure;
pub use stage::Stage;
pub use waiting::waiting;

#[cfg(test)]
mod tests;
