//! The web app's door to the rules: each function builds a caller, calls `environments` and translates the answer.
//!
//! A form that is posted without JavaScript gets the same answer as a redirect and a notice on the next page.

mod catalog;
mod changes;
#[cfg(feature = "ssr")]
mod door;
mod error;
#[cfg(feature = "ssr")]
mod form;
mod reads;
#[cfg(feature = "ssr")]
mod refusal;
mod theme;

pub use catalog::{CatalogEntryQuery, ListCatalog, catalog_entry, list_catalog};
pub use changes::{
    DeleteEnvironment, ExtendEnvironment, LaunchEnvironment, delete_environment,
    extend_environment, launch_environment,
};
pub use error::{UiError, UiErrorKind};
#[cfg(feature = "ssr")]
pub(crate) use form::{cookie, take_notice};
pub use reads::{CurrentUser, Visit, current_user, list_environments};
pub use theme::{ChooseTheme, choose_theme};
