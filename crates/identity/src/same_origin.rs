//! Recognizes requests of this site's own pages.

use http::{HeaderMap, header};

/// Whether the request comes from a page of this origin, or from the person (typed, bookmarked).
///
/// `Sec-Fetch-Site` decides when it is present. Older browsers send `Origin`, which must name the
/// request's `Host`. A request without either header does not count: only browsers send our
/// cookies, and every browser sends one of the two.
#[must_use]
pub fn same_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    match (origin, host) {
        (Some(origin), Some(host)) => {
            let authority =
                origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_requests_of_the_same_origin_count() {
        for (site, origin, expected) in [
            (Some("same-origin"), None, true),
            (Some("none"), None, true),
            (Some("same-site"), Some("http://dploy.test"), false),
            (Some("cross-site"), Some("http://dploy.test"), false),
            (None, Some("http://dploy.test"), true),
            (None, Some("https://DPLOY.test"), true),
            (None, Some("http://evil.test"), false),
            (None, Some("http://dploy.test.evil"), false),
            (None, Some("http://dploy.test:8080"), false),
            (None, Some("null"), false),
            (None, None, false),
        ] {
            let mut headers =
                HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("dploy.test"))]);
            if let Some(site) = site {
                headers.insert("sec-fetch-site", HeaderValue::from_static(site));
            }
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(same_origin(&headers), expected, "{site:?} {origin:?}");
        }
    }
}
