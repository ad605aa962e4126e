//! The addresses of the pages, and how they are written.

#[cfg(any(feature = "ssr", test))]
use std::collections::BTreeMap;
use std::fmt::Write;

/// The catalog.
pub const CATALOG: &str = "/";
/// My environments.
pub const ENVIRONMENTS: &str = "/environments";
/// Ends the session.
pub const SIGN_OUT: &str = "/auth/logout";

/// The page that launches `template` and follows it until it runs.
#[must_use]
pub fn launch_page(template: &str) -> String {
    format!("/run/{}", encoded(template))
}

/// The parameter that keeps the launch page from launching before it was asked to.
pub const ASK: &str = "ask";

/// The launch page, which asks for parameters before it launches.
#[must_use]
pub fn ask_page(template: &str) -> String {
    format!("{}?{ASK}", launch_page(template))
}

/// The launch page with its form filled in; forms without JavaScript come back to it.
#[cfg(any(feature = "ssr", test))]
#[must_use]
pub fn launch_page_with(template: &str, parameters: &BTreeMap<String, String>) -> String {
    let mut link = launch_page(template);
    for (position, (name, value)) in parameters.iter().enumerate() {
        let sign = if position == 0 { '?' } else { '&' };
        // Writing to a string cannot fail.
        let _ = write!(link, "{sign}{}={}", encoded(name), encoded(value));
    }
    link
}

/// The page that asks before `template`'s environment is deleted.
#[must_use]
pub fn delete_page(template: &str) -> String {
    format!("{ENVIRONMENTS}/{}/delete", encoded(template))
}

/// The catalog, searched.
#[must_use]
pub fn catalog(query: &str, category: &str) -> String {
    let parts: Vec<String> = [("q", query), ("category", category)]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    if parts.is_empty() { CATALOG.to_owned() } else { format!("{CATALOG}?{}", parts.join("&")) }
}

/// Signs in, then comes back to `path`.
#[must_use]
pub fn sign_in(path: &str) -> String {
    format!("/auth/login?return_url={}", encoded(path))
}

/// Everything but unreserved characters as `%XX`.
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
    fn what_people_type_survives_in_a_link() {
        let given = BTreeMap::from([("size".to_owned(), "a b&c=ü".to_owned())]);
        assert_eq!(launch_page_with("sized", &given), "/run/sized?size=a%20b%26c%3D%C3%BC");
        assert_eq!(launch_page_with("x/y", &BTreeMap::new()), "/run/x%2Fy");
    }

    #[test]
    fn an_empty_search_is_the_catalog_itself() {
        assert_eq!(catalog("", ""), "/");
        assert_eq!(catalog("web term", "Data"), "/?q=web%20term&category=Data");
    }

    #[test]
    fn signing_in_comes_back() {
        assert_eq!(sign_in("/run/a?b=c"), "/auth/login?return_url=%2Frun%2Fa%3Fb%3Dc");
    }
}
