//! Decisions of the user interface as plain values: no signals, no markup, no browser.

mod changes;
mod extension;
mod facts;
mod filter;
mod glyph;
mod hue;
mod offer;
mod quota;
#[cfg(test)]
pub(crate) mod samples;
mod sign_in_failure;
mod stage;

pub use changes::announcements;
pub use extension::Extension;
pub use facts::{bare_address, lifetime, whereabouts};
pub use filter::{CatalogFilter, categories, split_category};
pub use glyph::Glyph;
pub use hue::hue;
pub use offer::{Offer, living};
pub use quota::Quota;
pub use sign_in_failure::SignInFailure;
pub use stage::Stage;

#[cfg(test)]
mod tests;
