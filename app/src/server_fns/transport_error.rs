//! Errors around a server function: the request did not arrive, or could not be decoded.

use leptos::server_fn::{
    codec::PostcardEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

use super::{UiError, UiErrorKind};

impl FromServerFnError for UiError {
    type Encoder = PostcardEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let error = match error {
            ServerFnErrorErr::Request(_) => Self::new(
                UiErrorKind::Offline,
                "The server could not be reached. Check your connection, then try again.",
            ),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::new(
                UiErrorKind::BadInput,
                "The server did not understand the request. Reload the page, then try again.",
            ),
            _ => Self::new(
                UiErrorKind::Broken,
                "This page did not understand the server's answer. Reload the page, then try again.",
            ),
        };
        #[cfg(feature = "ssr")]
        set_status(&error);
        error
    }
}

/// Sets the response's status, which the server function cannot do because it did not run.
/// A form is redirected instead.
#[cfg(feature = "ssr")]
fn set_status(error: &UiError) {
    if !super::request::is_form_post() {
        let _ = super::status::with_status::<()>(Err(error.clone()));
    }
}
