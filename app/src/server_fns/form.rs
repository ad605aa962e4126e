//! Forms that are posted without JavaScript, and the cookie that carries what to say on the next page.

use http::{HeaderValue, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::door::Landing;
use crate::{links, notice::Notice};

const NOTICE: &str = "dploy_notice";

/// Whether a server function was called from outside, rather than while a page is rendered.
pub(super) fn is_call() -> bool {
    use_context::<Parts>().is_some_and(|request| request.uri.path().starts_with("/api/ui/"))
}

/// Whether the call is a form that a browser posted by itself.
pub(super) fn is_form() -> bool {
    is_call() && header(header::ACCEPT).is_some_and(|accepts| accepts.contains("text/html"))
}

/// Sends the browser on, with something to say there.
pub(super) fn redirect(landing: Landing, notice: &Notice) {
    let path = match landing {
        Landing::At(path) => path,
        Landing::Back => referring_page().unwrap_or_else(|| links::ENVIRONMENTS.to_owned()),
    };
    if let (Some(response), Ok(text)) =
        (use_context::<ResponseOptions>(), serde_json::to_string(notice))
    {
        let value = utf8_percent_encode(&text, NON_ALPHANUMERIC);
        append_cookie(
            &response,
            &format!("{NOTICE}={value}; Max-Age=60; Path=/; HttpOnly; SameSite=Lax"),
        );
    }
    leptos_axum::redirect(&path);
}

/// What a form on the page before has left to say; it is said once.
pub(crate) fn take_notice() -> Option<Notice> {
    let value = cookie(NOTICE)?;
    if let Some(response) = use_context::<ResponseOptions>() {
        append_cookie(&response, &format!("{NOTICE}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"));
    }
    let text = percent_decode_str(&value).decode_utf8().ok()?;
    serde_json::from_str(&text).ok()
}

/// The value of a cookie of the request.
pub(crate) fn cookie(name: &str) -> Option<String> {
    header(header::COOKIE)?.split(';').find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.to_owned())
    })
}

/// Adds a cookie to the answer.
pub(super) fn append_cookie(response: &ResponseOptions, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.append_header(header::SET_COOKIE, value);
    }
}

fn header(name: http::HeaderName) -> Option<String> {
    let request = use_context::<Parts>()?;
    request.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// The page that the form was on, as a path: wherever it says it came from, it stays on this site.
fn referring_page() -> Option<String> {
    let referer: http::Uri = header(header::REFERER)?.parse().ok()?;
    let path = referer.path_and_query()?.as_str();
    (path.starts_with('/') && !path.starts_with("//")).then(|| path.to_owned())
}
