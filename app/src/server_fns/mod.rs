//! Server functions: each builds a caller, calls `environments` and translates the result.
//!
//! A form that is posted without JavaScript gets a redirect and a flash message instead.

mod error;
#[cfg(feature = "ssr")]
mod form_redirect;
mod mutations;
mod posted_form;
mod questions;
#[cfg(feature = "ssr")]
mod refusal;
#[cfg(feature = "ssr")]
mod request;
#[cfg(feature = "ssr")]
mod status;
mod theme;
mod transport_error;

pub use error::{UiError, UiErrorKind};
#[cfg(feature = "ssr")]
pub(crate) use form_redirect::take_flash_message;
pub use mutations::{
    DeleteEnvironment, ExtendEnvironment, LaunchEnvironment, MutationReply, delete_environment,
    extend_environment, launch_environment,
};
pub use posted_form::{PostedForm, parameter_field, post_form};
pub use questions::{Answer, Ask, Question, Visit, ask};
#[cfg(feature = "ssr")]
pub(crate) use request::{RequestCaller, cookie};
pub use theme::{ChooseTheme, choose_theme};
