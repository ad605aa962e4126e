//! What server functions and pages read from the request: its caller, its cookies, its purpose.

use environments::{Caller, Environments};
use http::{header, request::Parts};
use leptos::prelude::*;

use super::{UiError, UiErrorKind};

/// The caller of the request; `None` when it has neither a session nor a token.
#[derive(Debug, Clone)]
pub(crate) struct RequestCaller(pub(crate) Option<Caller>);

/// The operations on environments.
pub(super) fn environments() -> Result<Environments, UiError> {
    use_context::<Environments>().ok_or_else(|| {
        UiError::new(UiErrorKind::Broken, "The server is not set up to answer this request.")
    })
}

/// The caller of the request, or [`UiError::signed_out`].
pub(super) fn caller() -> Result<Caller, UiError> {
    use_context::<RequestCaller>().and_then(|caller| caller.0).ok_or_else(UiError::signed_out)
}

/// Whether the request calls a server function; `false` while the server renders a page.
pub(super) fn is_server_fn_call() -> bool {
    use_context::<Parts>().is_some_and(|request| request.uri.path().starts_with("/api/ui/"))
}

/// Whether a browser posted a form to a server function without JavaScript.
pub(super) fn is_form_post() -> bool {
    is_server_fn_call() && header(header::ACCEPT).is_some_and(|it| it.contains("text/html"))
}

/// The value of a cookie of the request.
pub(crate) fn cookie(name: &str) -> Option<String> {
    header(header::COOKIE)?.split(';').find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.to_owned())
    })
}

/// The path and query of the page that the request came from. A host in the header is ignored.
pub(super) fn referring_page() -> Option<String> {
    let referer: http::Uri = header(header::REFERER)?.parse().ok()?;
    let path = referer.path_and_query()?.as_str();
    (path.starts_with('/') && !path.starts_with("//")).then(|| path.to_owned())
}

fn header(name: http::HeaderName) -> Option<String> {
    let request = use_context::<Parts>()?;
    request.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}
