//! What the gateway says itself: a page for those who look at pages, the sentence alone for programs.

use std::sync::LazyLock;

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use environments::{Refusal, RefusalKind};
use html_escape::{encode_double_quoted_attribute, encode_text};
use sha2::{Digest, Sha256};

use super::host::SiteOrigin;

const STYLE: &str = include_str!("notice.css");
/// How soon somebody who waits for an environment looks again, in seconds.
const LOOK_AGAIN: &str = "2";

/// The notices have one style, in the page itself: they stand on hosts that serve no files of ours.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// Something to say instead of what was asked for.
pub(super) struct Notice {
    status: StatusCode,
    title: &'static str,
    text: &'static str,
    link: Option<(&'static str, String)>,
    look_again: bool,
}

impl Notice {
    fn new(status: StatusCode, title: &'static str, text: &'static str) -> Self {
        Self { status, title, text, link: None, look_again: false }
    }

    fn catalog(self, site: &SiteOrigin) -> Self {
        self.link("Go to the catalog", format!("{}/", site.0))
    }

    fn link(self, words: &'static str, address: String) -> Self {
        Self { link: Some((words, address)), ..self }
    }

    /// The host is none of ours.
    pub(super) fn misdirected() -> Self {
        let text = "This server answers at localhost, and for environments at names below it.";
        Self::new(StatusCode::MISDIRECTED_REQUEST, "Wrong address", text)
    }

    /// Unknown, or somebody else's: nobody can tell which.
    pub(super) fn not_found(site: &SiteOrigin) -> Self {
        let text = "There is no environment of yours at this address.";
        Self::new(StatusCode::NOT_FOUND, "Not found", text).catalog(site)
    }

    /// It was the visitor's.
    pub(super) fn gone(site: &SiteOrigin) -> Self {
        let text =
            "Its time was up, or it was deleted. You can launch another one from the catalog.";
        Self::new(StatusCode::GONE, "This environment is gone", text).catalog(site)
    }

    /// It does not answer yet, or no longer.
    pub(super) fn starting(site: &SiteOrigin) -> Self {
        let text = "The environment is starting. This page looks again by itself.";
        let notice = Self::new(StatusCode::SERVICE_UNAVAILABLE, "Starting", text).catalog(site);
        Self { look_again: true, ..notice }
    }

    /// It should answer and does not.
    pub(super) fn unreachable(site: &SiteOrigin) -> Self {
        let text = "The environment runs but does not answer. Try again in a moment; the list of your environments says how it is.";
        let address = format!("{}/environments", site.0);
        Self::new(StatusCode::BAD_GATEWAY, "No answer", text).link("My environments", address)
    }

    /// The rules refuse, for whatever reason.
    pub(super) fn refused(refusal: &Refusal, site: &SiteOrigin) -> Self {
        match refusal.kind() {
            RefusalKind::NotFound | RefusalKind::Forbidden => Self::not_found(site),
            RefusalKind::BadRequest
            | RefusalKind::Conflict
            | RefusalKind::Unavailable
            | RefusalKind::Internal => {
                tracing::warn!(
                    error = refusal as &dyn std::error::Error,
                    "no answer for a visitor"
                );
                let text = "Dploy cannot look up your environments now. Try again in a moment.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "Not ready", text)
            }
        }
    }

    /// A request that cannot be sent on the round over the site.
    pub(super) fn signed_out() -> Self {
        let text = "Sign in to use this environment: open its address in a browser, or send a bearer token.";
        Self::new(StatusCode::UNAUTHORIZED, "Signed out", text)
    }

    /// The ticket was used, is too old, or was made for another host or browser.
    pub(super) fn bad_ticket() -> Self {
        let text = "This way in was used already, or it took too long. The address of the environment itself still works.";
        Self::new(StatusCode::BAD_REQUEST, "Please try again", text)
            .link("Open the environment", "/".to_owned())
    }

    /// The site was asked to open something that no environment's host asks for.
    pub(super) fn bad_request(site: &SiteOrigin) -> Self {
        let text = "This address is not complete. Open your environment from the list.";
        Self::new(StatusCode::BAD_REQUEST, "Please try again", text).catalog(site)
    }

    /// A websocket that another site's page asked for.
    pub(super) fn foreign() -> Self {
        let text = "Only the pages of this environment may open a websocket to it.";
        Self::new(StatusCode::FORBIDDEN, "Not allowed", text)
    }

    /// As an answer to a request with these headers.
    pub(super) fn answer(&self, asked: &HeaderMap) -> Response {
        let mut response = if accepts_html(asked) {
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
        if self.look_again {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(LOOK_AGAIN));
            let refresh = HeaderName::from_static("refresh");
            headers.insert(refresh, HeaderValue::from_static(LOOK_AGAIN));
        }
        response
    }

    fn html(&self) -> String {
        let link = self.link.as_ref().map_or_else(String::new, |(words, address)| {
            let address = encode_double_quoted_attribute(address);
            format!(r#"<p><a href="{address}">{}</a></p>"#, encode_text(words))
        });
        format!(
            include_str!("notice.html"),
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
