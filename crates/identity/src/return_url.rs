//! Where the browser goes after sign-in: a path on this site.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A path on this site that a sign-in returns to (docs/contract.md, "Return URL").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnUrl(String);

impl ReturnUrl {
    /// The requested path, or `/` when it is not a local path: a scheme, a host, `//`, a backslash
    /// in any encoding, or a control character.
    #[must_use]
    pub fn new(requested: Option<&str>) -> Self {
        Self(requested.filter(|path| is_local(path)).unwrap_or("/").to_owned())
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReturnUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The longest path. A longer one does not fit into the cookie of the pending sign-in.
const MAX_PATH_BYTES: usize = 1_500;

fn is_local(path: &str) -> bool {
    let decoded = fully_decoded(path);
    let is_plain_path = |text: &str| {
        text.starts_with('/')
            && !text.starts_with("//")
            && !text.contains('\\')
            && !text.chars().any(char::is_control)
    };
    path.len() <= MAX_PATH_BYTES
        && path.is_ascii()
        && !path.contains([' ', '"', '<', '>', '#'])
        && is_plain_path(path)
        && decoded.is_some_and(|text| is_plain_path(&text))
}

/// Percent-decodes until the text no longer changes, because a browser or proxy may decode once
/// more. `None` when five rounds do not suffice.
fn fully_decoded(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..5 {
        let next = decoded(&text);
        if next == text {
            return Some(text);
        }
        text = next;
    }
    None
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_on_this_site_are_kept() {
        for path in [
            "/",
            "/environments",
            "/run/webterm?size=large&x=%20y",
            "/a//b",
            "/gateway/open?host=a-1&path=%2Fx",
        ] {
            assert_eq!(ReturnUrl::new(Some(path)).as_str(), path);
        }
    }

    #[test]
    fn anything_else_becomes_the_front_page() {
        for bad in [
            "",
            "environments",
            "https://evil.test",
            "//evil.test",
            "///evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "/%5cevil.test",
            "/%5Cevil.test",
            "/%255cevil.test",
            "/%2fevil.test",
            "/%2F%2Fevil.test",
            "/%252fevil.test",
            "/\tevil",
            "/%09/evil.test",
            "/a%0d%0aSet-Cookie:x",
            "/\u{7f}",
            "javascript:alert(1)",
            "/a#token=x",
            "/é",
            " /",
            "/a b",
        ] {
            assert_eq!(ReturnUrl::new(Some(bad)).as_str(), "/", "{bad:?}");
        }
        assert_eq!(ReturnUrl::new(None).as_str(), "/");
        assert_eq!(ReturnUrl::new(Some(&format!("/{}", "a".repeat(2_000)))).as_str(), "/");
    }
}
