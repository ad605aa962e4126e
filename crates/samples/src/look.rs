//! The style that the samples share, and the headers of their pages.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// The palette and the basic shapes.
pub(super) const LOOK: Asset =
    Asset { mime: "text/css; charset=utf-8", body: include_bytes!("look.css") };
/// The icon in the browser's tab.
pub(super) const ICON: Asset = Asset { mime: "image/svg+xml", body: include_bytes!("icon.svg") };

/// The content security policy of a page that loads only the sample's own files.
const STRICT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The same policy, but scripts may insert styles: xterm.js does so for its rows.
const SCRIPT_STYLES_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self'; form-action 'none'; \
    base-uri 'none'; frame-ancestors 'none'";

/// A file in the binary.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asset {
    /// Its media type.
    pub(super) mime: &'static str,
    /// Its content.
    pub(super) body: &'static [u8],
}

impl IntoResponse for Asset {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(self.mime)),
            // The next version of the binary serves other content at the same address.
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        (headers, self.body).into_response()
    }
}

/// Where the styles of a page come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Styles {
    /// From files only.
    Files,
    /// Scripts insert some.
    Scripts,
}

/// A page with the headers that isolate it from other sites.
pub(super) fn page(styles: Styles, html: String) -> Response {
    let policy = match styles {
        Styles::Files => STRICT_POLICY,
        Styles::Scripts => SCRIPT_STYLES_POLICY,
    };
    (protective_headers(policy), Html(html)).into_response()
}

/// A plain sentence as the answer.
pub(super) fn sentence(status: StatusCode, text: &'static str) -> Response {
    (status, text).into_response()
}

fn protective_headers(policy: &'static str) -> [(HeaderName, HeaderValue); 4] {
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // Without a referrer, forms send the origin `null`, which `guard` refuses.
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]
}
