//! The links to the pages.

#[cfg(any(feature = "ssr", test))]
use std::collections::BTreeMap;
use std::fmt::Write;

/// The catalog.
pub const CATALOG: &str = "/";
/// The page "My environments".
pub const ENVIRONMENTS: &str = "/environments";
/// Signs out.
pub const SIGN_OUT: &str = "/auth/logout";

/// The launch page of `template`.
#[must_use]
pub fn launch_page(template: &str) -> String {
    format!("/run/{}", encoded(template))
}

/// The template whose launch page this path is.
#[must_use]
pub fn launched_template(path: &str) -> Option<String> {
    let template = path.strip_prefix("/run/")?;
    (!template.is_empty() && !template.contains('/')).then(|| template.to_owned())
}

/// The query parameter that makes the launch page wait until the user presses "Launch".
pub const WAIT_PARAMETER: &str = "ask";

/// The launch page of `template` with its parameter form.
#[must_use]
pub fn parameters_page(template: &str) -> String {
    format!("{}?{WAIT_PARAMETER}", launch_page(template))
}

/// The launch page with its parameter form filled in, for a form that was posted without
/// JavaScript and refused.
#[cfg(any(feature = "ssr", test))]
#[must_use]
pub fn launch_page_with(template: &str, parameters: &BTreeMap<String, String>) -> String {
    let mut link = launch_page(template);
    for (position, (name, value)) in parameters.iter().enumerate() {
        let sign = if position == 0 { '?' } else { '&' };
        // A write to a string cannot fail.
        let _ = write!(link, "{sign}{}={}", encoded(name), encoded(value));
    }
    link
}

/// The page that asks for confirmation before it deletes the environment of `template`.
#[must_use]
pub fn delete_page(template: &str) -> String {
    format!("{ENVIRONMENTS}/{}/delete", encoded(template))
}

/// The catalog, filtered by a search and a category.
#[must_use]
pub fn catalog(query: &str, category: &str) -> String {
    let parts: Vec<String> = [("q", query), ("category", category)]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    if parts.is_empty() { CATALOG.to_owned() } else { format!("{CATALOG}?{}", parts.join("&")) }
}

/// Signs in, then returns to `path`.
#[must_use]
pub fn sign_in(path: &str) -> String {
    format!("/auth/login?return_url={}", encoded(path))
}

/// Percent-encodes all characters except the unreserved ones (RFC 3986).
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_encodes_special_characters() {
        let given = BTreeMap::from([("size".to_owned(), "a b&c=ü".to_owned())]);
        assert_eq!(launch_page_with("sized", &given), "/run/sized?size=a%20b%26c%3D%C3%BC");
        assert_eq!(launch_page_with("x/y", &BTreeMap::new()), "/run/x%2Fy");
    }

    #[test]
    fn only_the_path_of_a_launch_page_names_a_template() {
        assert_eq!(launched_template(&launch_page("web.term")).as_deref(), Some("web.term"));
        for other in ["/", "/run/", "/run/sized/status", "/environments"] {
            assert_eq!(launched_template(other), None, "{other}");
        }
    }

    #[test]
    fn an_empty_search_adds_no_query() {
        assert_eq!(catalog("", ""), "/");
        assert_eq!(catalog("web term", "Data"), "/?q=web%20term&category=Data");
    }

    #[test]
    fn the_sign_in_link_holds_the_return_path() {
        assert_eq!(sign_in("/run/a?b=c"), "/auth/login?return_url=%2Frun%2Fa%3Fb%3Dc");
    }
}
