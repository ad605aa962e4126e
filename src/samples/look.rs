//! The look that the samples share, and how a page of theirs is sent.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// The palette and the basic shapes.
pub(super) const LOOK: Asset =
    Asset { mime: "text/css; charset=utf-8", body: include_bytes!("look.css") };
/// The icon in the browser's tab.
pub(super) const ICON: Asset = Asset { mime: "image/svg+xml", body: include_bytes!("icon.svg") };

/// What pages may load: nothing but what the sample itself serves.
const STRICT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The same with styles that scripts insert, which xterm.js does for its rows.
const STYLED_BY_SCRIPT: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; \
    img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

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
            // Another version of the binary may answer at the same address tomorrow.
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        (headers, self.body).into_response()
    }
}

/// How the styles of a page come to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Styles {
    /// From files alone.
    Files,
    /// Scripts insert some.
    Scripts,
}

/// A page with the headers that keep it to itself.
pub(super) fn page(styles: Styles, html: String) -> Response {
    let policy = match styles {
        Styles::Files => STRICT,
        Styles::Scripts => STYLED_BY_SCRIPT,
    };
    (protective_headers(policy), Html(html)).into_response()
}

/// A sentence for a request that cannot be answered otherwise.
pub(super) fn sentence(status: StatusCode, text: &'static str) -> Response {
    (status, text).into_response()
}

fn protective_headers(policy: &'static str) -> [(HeaderName, HeaderValue); 4] {
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // Without a referrer, forms would carry the origin `null`, which `guard` refuses.
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]
}
