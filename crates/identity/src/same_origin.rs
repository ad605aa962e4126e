//! Recognizes requests of this site's own pages.

use http::{HeaderMap, HeaderName, header};

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
    let origin = text(headers, &header::ORIGIN);
    let authority = origin.and_then(|origin| {
        origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))
    });
    authority.is_some_and(|authority| is_own_host(headers, authority))
}

/// Whether a page of another origin navigated the browser here.
///
/// `Sec-Fetch-Site` decides when it is present. Browsers leave it out on plain HTTP, and older ones
/// always; then `Referer` decides. A navigation without either header counts as the person's own.
#[must_use]
pub fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    if headers.contains_key("sec-fetch-site") {
        return !same_origin(headers);
    }
    let Some(referer) = text(headers, &header::REFERER) else { return false };
    !url::Url::parse(referer).is_ok_and(|from| is_own_host(headers, from.authority()))
}

/// Whether the request names this host, with its port.
fn is_own_host(headers: &HeaderMap, authority: &str) -> bool {
    text(headers, &header::HOST).is_some_and(|host| host.eq_ignore_ascii_case(authority))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    /// Headers of a request to `dploy.test`, with these values if there are any.
    fn headers(
        site: Option<&'static str>,
        name: HeaderName,
        value: Option<&'static str>,
    ) -> HeaderMap {
        let site = (HeaderName::from_static("sec-fetch-site"), site);
        [(header::HOST, Some("dploy.test")), site, (name, value)]
            .into_iter()
            .filter_map(|(name, value)| Some((name, HeaderValue::from_static(value?))))
            .collect()
    }

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
            let headers = headers(site, header::ORIGIN, origin);
            assert_eq!(same_origin(&headers), expected, "{site:?} {origin:?}");
        }
    }

    #[test]
    fn a_navigation_by_another_page_is_recognised() {
        for (site, referer, expected) in [
            (Some("same-origin"), None, false),
            (Some("none"), Some("https://evil.test/"), false),
            (Some("same-site"), None, true),
            (Some("cross-site"), Some("https://dploy.test/"), true),
            (None, Some("https://dploy.test/run/x"), false),
            (None, Some("https://DPLOY.test/"), false),
            (None, Some("https://dploy.test.evil/"), true),
            (None, Some("https://dploy.test:8443/"), true),
            (None, Some("https://dploy.test@evil.test/"), true),
            (None, Some("no address"), true),
            (None, None, false),
        ] {
            let headers = headers(site, header::REFERER, referer);
            assert_eq!(is_from_elsewhere(&headers), expected, "{site:?} {referer:?}");
        }
    }
}
