//! The web app's door to the rules: each function builds a caller, calls `environments` and translates the answer.
//!
//! A form that is posted without JavaScript gets the same answer as a redirect and a notice on the next page.

mod changes;
#[cfg(feature = "ssr")]
mod door;
mod error;
#[cfg(feature = "ssr")]
mod form;
mod posted;
mod questions;
#[cfg(feature = "ssr")]
mod refusal;
mod theme;

pub use changes::{
    Changed, DeleteEnvironment, ExtendEnvironment, LaunchEnvironment, delete_environment,
    extend_environment, launch_environment,
};
pub use error::{UiError, UiErrorKind};
#[cfg(feature = "ssr")]
pub(crate) use form::{cookie, take_notice};
pub use posted::{Posted, parameter_field, post};
pub use questions::{Answer, Ask, Question, Visit, ask};
pub use theme::{ChooseTheme, choose_theme};
