//! The kinds of calls, which differ in their deadlines and in when they are repeated.

use http::{HeaderValue, Method, Request, StatusCode, header::CONTENT_TYPE};

/// The kind of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// A `GET` with one answer.
    Read,
    /// A watch. An API server ends an idle one only after minutes, so `has_bookmarks` says whether
    /// it sends a message every minute.
    Watch { has_bookmarks: bool },
    /// A server-side apply.
    Apply,
    /// Any other write.
    Write,
}

impl Call {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        if request.method() != Method::GET {
            return if is_apply(request) { Self::Apply } else { Self::Write };
        }
        let asks_for = |name: &str| {
            let parameters = request.uri().query().unwrap_or_default().split('&');
            parameters
                .filter_map(|it| it.split_once('='))
                .any(|(key, value)| key == name && matches!(value, "true" | "1"))
        };
        if asks_for("watch") {
            Self::Watch { has_bookmarks: asks_for("allowWatchBookmarks") }
        } else {
            Self::Read
        }
    }

    /// Whether a request that was answered with this status is sent again. An API server answers
    /// 429 before it executes a request. A 503 or 504 can come from a proxy, or after the effect.
    pub(crate) const fn is_repeated_after(self, status: StatusCode) -> bool {
        match self {
            Self::Read => matches!(
                status,
                StatusCode::TOO_MANY_REQUESTS
                    | StatusCode::SERVICE_UNAVAILABLE
                    | StatusCode::GATEWAY_TIMEOUT
            ),
            Self::Apply | Self::Write => matches!(status, StatusCode::TOO_MANY_REQUESTS),
            Self::Watch { .. } => false,
        }
    }
}

fn is_apply<B>(request: &Request<B>) -> bool {
    let content_type = request.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    content_type.is_some_and(|it| it.starts_with(b"application/apply-patch"))
}
