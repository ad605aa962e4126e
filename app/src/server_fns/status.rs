//! The HTTP status of a server function's result.

use http::StatusCode;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::{UiError, UiErrorKind, request::is_server_fn_call};

/// Sets the response's status from the result, and returns the result unchanged.
pub(super) fn with_status<T>(result: Result<T, UiError>) -> Result<T, UiError> {
    if let (Err(error), Some(response)) = (&result, use_context::<ResponseOptions>())
        && is_server_fn_call()
    {
        response.set_status(status(error.kind));
    }
    result
}

const fn status(kind: UiErrorKind) -> StatusCode {
    match kind {
        UiErrorKind::SignedOut => StatusCode::UNAUTHORIZED,
        UiErrorKind::BadInput => StatusCode::BAD_REQUEST,
        UiErrorKind::Forbidden => StatusCode::FORBIDDEN,
        UiErrorKind::NotFound => StatusCode::NOT_FOUND,
        UiErrorKind::Conflict => StatusCode::CONFLICT,
        UiErrorKind::Unavailable | UiErrorKind::Offline => StatusCode::SERVICE_UNAVAILABLE,
        UiErrorKind::Broken => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
