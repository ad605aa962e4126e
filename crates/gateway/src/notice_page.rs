//! The gateway's own answers: a page for browsers, a sentence for programs.

use std::sync::LazyLock;

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use html_escape::{encode_double_quoted_attribute, encode_text};
use sha2::{Digest, Sha256};

use super::{addresses::Addresses, directory::BackendError};

const STYLE: &str = include_str!("notice_page.css");
/// The seconds until a page of a starting environment reloads itself.
const RELOAD_SECONDS: &str = "2";

/// Allows the inline style only. An environment's host serves no files of Dploy.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    )
});

/// An answer of the gateway in place of an environment's.
pub(crate) struct NoticePage {
    status: StatusCode,
    title: &'static str,
    text: &'static str,
    link: Option<(&'static str, String)>,
    reloads: bool,
}

impl NoticePage {
    fn new(status: StatusCode, title: &'static str, text: &'static str) -> Self {
        Self { status, title, text, link: None, reloads: false }
    }

    fn catalog(self, addresses: &Addresses) -> Self {
        self.link("Go to the catalog", format!("{}/", addresses.site))
    }

    fn link(self, words: &'static str, address: String) -> Self {
        Self { link: Some((words, address)), ..self }
    }

    /// The host belongs neither to the site nor to an environment.
    pub(crate) fn misdirected() -> Self {
        let text = "Neither Dploy nor an environment answers at this address.";
        Self::new(StatusCode::MISDIRECTED_REQUEST, "Wrong address", text)
    }

    /// The environment is unknown or belongs to another owner; the answer is the same.
    pub(crate) fn not_found(addresses: &Addresses) -> Self {
        let text = "You have no environment at this address.";
        Self::new(StatusCode::NOT_FOUND, "Not found", text).catalog(addresses)
    }

    /// The visitor's environment does not exist any longer.
    pub(crate) fn gone(addresses: &Addresses) -> Self {
        let text = "It has expired or was deleted. You can launch another one from the catalog.";
        Self::new(StatusCode::GONE, "This environment is gone", text).catalog(addresses)
    }

    /// The environment does not listen.
    pub(crate) fn starting(addresses: &Addresses) -> Self {
        let text = "The environment is starting. This page reloads by itself.";
        let page = Self::new(StatusCode::SERVICE_UNAVAILABLE, "Starting", text).catalog(addresses);
        Self { reloads: true, ..page }
    }

    /// The environment listens but does not respond.
    pub(crate) fn unreachable(addresses: &Addresses) -> Self {
        let text = "The environment runs but does not answer. Try again in a moment; the list of \
                    your environments shows its state.";
        let address = format!("{}/environments", addresses.site);
        Self::new(StatusCode::BAD_GATEWAY, "No answer", text).link("My environments", address)
    }

    /// The directory has no backend for the visitor.
    pub(crate) fn no_backend(error: &BackendError, addresses: &Addresses) -> Self {
        match error {
            BackendError::NotFound => Self::not_found(addresses),
            BackendError::Unavailable(_) => {
                tracing::warn!(error = %errors::chain(error), "a visitor was not answered");
                let text = "Dploy cannot look up your environments now. Try again in a moment.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "Not ready", text)
            }
        }
    }

    /// The visitor is unknown and the request cannot be redirected to the site.
    pub(crate) fn signed_out() -> Self {
        let text = "Sign in to use this environment: open its address in a browser, or send a \
                    bearer token.";
        Self::new(StatusCode::UNAUTHORIZED, "Signed out", text)
    }

    /// The ticket is used, expired, or belongs to another host or browser.
    pub(crate) fn bad_ticket() -> Self {
        let text = "This link has been used or has expired. Open the environment's own address \
                    again.";
        Self::new(StatusCode::BAD_REQUEST, "Please try again", text)
            .link("Open the environment", "/".to_owned())
    }

    /// The query of `/gateway/open` does not come from an environment's host.
    pub(crate) fn bad_request(addresses: &Addresses) -> Self {
        let text = "This address is not complete. Open your environment from the list.";
        Self::new(StatusCode::BAD_REQUEST, "Please try again", text).catalog(addresses)
    }

    /// A page of another origin asked for a websocket.
    pub(crate) fn foreign_origin() -> Self {
        let text = "Only the pages of this environment may open a websocket to it.";
        Self::new(StatusCode::FORBIDDEN, "Not allowed", text)
    }

    /// The response to a request with these headers.
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response {
        let mut response = if accepts_html(request) {
            (self.status, Html(self.html())).into_response()
        } else {
            (self.status, format!("{}\n", self.text)).into_response()
        };
        let headers = response.headers_mut();
        if let Ok(policy) = HeaderValue::from_str(&POLICY) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        if self.reloads {
            let seconds = HeaderValue::from_static(RELOAD_SECONDS);
            headers.insert(header::RETRY_AFTER, seconds.clone());
            headers.insert(HeaderName::from_static("refresh"), seconds);
        }
        response
    }

    fn html(&self) -> String {
        let link = self.link.as_ref().map_or_else(String::new, |(words, address)| {
            let address = encode_double_quoted_attribute(address);
            format!(r#"<p><a href="{address}">{}</a></p>"#, encode_text(words))
        });
        format!(
            include_str!("notice_page.html"),
            title = encode_text(self.title),
            text = encode_text(self.text),
            link = link,
            style = STYLE
        )
    }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(header::ACCEPT).iter();
    accepted.any(|value| value.to_str().is_ok_and(|value| value.contains("text/html")))
}
