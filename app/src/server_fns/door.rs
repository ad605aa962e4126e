//! What all server functions share: who asks, whom they ask, and how the answer leaves.

use environments::{Caller, Environments};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::{UiError, form, refusal::status};
use crate::{contexts::Visitor, notice::Notice};

/// Where a form without JavaScript goes on.
pub(super) enum Landing {
    /// To the page that it was on.
    Back,
    /// To this path.
    At(String),
}

/// The rules.
pub(super) fn rules() -> Result<Environments, UiError> {
    use_context::<Environments>().ok_or_else(|| {
        UiError::new(super::UiErrorKind::Broken, "The server is not set up to answer this.")
    })
}

/// Who asks.
pub(super) fn caller() -> Result<Caller, UiError> {
    use_context::<Visitor>().and_then(|visitor| visitor.0).ok_or_else(UiError::signed_out)
}

/// Lets an answer to a question leave, with the status that belongs to it.
pub(super) fn answered<T>(result: Result<T, UiError>) -> Result<T, UiError> {
    if let (Err(error), Some(response)) = (&result, use_context::<ResponseOptions>())
        && form::is_call()
    {
        response.set_status(status(error.kind));
    }
    result
}

/// Lets the answer to a change leave: to a script as it is, to a form as a redirect and a notice.
pub(super) fn landed<T>(
    result: Result<T, UiError>,
    done: (Landing, String),
    failed: Landing,
) -> Result<T, UiError> {
    if !form::is_form() {
        return answered(result);
    }
    let (landing, notice) = match &result {
        Ok(_) => (done.0, Notice::good(done.1)),
        Err(error) => (failed, Notice::bad(error.sentence.clone())),
    };
    form::redirect(landing, &notice);
    result
}
