use leptos::server_fn::{
    codec::PostcardEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// What sort of failure it is, as far as the page has to tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UiErrorKind {
    /// Nobody is signed in, or no longer.
    SignedOut,
    /// Something that was typed is not accepted.
    BadInput,
    /// Not allowed.
    Forbidden,
    /// There is no such thing, or it is gone.
    NotFound,
    /// It was done as often as it can be.
    Conflict,
    /// It may work a little later.
    Unavailable,
    /// The server made a mistake.
    Broken,
    /// The server was not reached.
    Offline,
}

/// Why a server function did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UiError {
    /// What sort of failure it is.
    pub kind: UiErrorKind,
    /// What happened, and what to do next.
    pub sentence: String,
    /// The parameter that is at fault.
    pub field: Option<String>,
}

impl UiError {
    /// A failure that is told by its sentence alone.
    pub fn new(kind: UiErrorKind, sentence: impl Into<String>) -> Self {
        Self { kind, sentence: sentence.into(), field: None }
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn signed_out() -> Self {
        Self::new(
            UiErrorKind::SignedOut,
            "You are not signed in, or your session has ended. Sign in to go on.",
        )
    }
}

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
                "The server gave an answer that this page does not understand. Reload the page, then try again.",
            ),
        };
        #[cfg(feature = "ssr")]
        tell(&error);
        error
    }
}

/// Lets an error that comes before the function itself leave with its status, as the function's own do; a form is redirected.
#[cfg(feature = "ssr")]
fn tell(error: &UiError) {
    if !super::form::is_form() {
        let _ = super::door::answered::<()>(Err(error.clone()));
    }
}
