//! Addresses without passwords.

use std::borrow::Cow;

/// The text without the user information of its URLs: `https://name:password@host` becomes
/// `https://host` (RFC 3986, section 3.2.1).
#[must_use]
pub fn without_user_info(text: &str) -> Cow<'_, str> {
    if !text.contains("://") {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split("://");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'');
        let authority = &part[..part.find(ends).unwrap_or(part.len())];
        let user_info = authority.rfind('@').map_or(0, |at| at + 1);
        kept.push_str("://");
        kept.push_str(&part[user_info..]);
    }
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_information_is_removed_and_nothing_else() {
        for (text, expected) in [
            ("https://ada:secret@git.example/a@b.git", "https://git.example/a@b.git"),
            ("ssh://git@git.example", "ssh://git.example"),
            ("https://a:p@ss@host/x", "https://host/x"),
            (
                "clone 'https://t@one/x': see https://two?a=b@c, oci://u:p@three",
                "clone 'https://one/x': see https://two?a=b@c, oci://three",
            ),
            ("git@git.example:a/b.git", "git@git.example:a/b.git"),
            ("ada@example.org", "ada@example.org"),
            ("://", "://"),
        ] {
            assert_eq!(without_user_info(text), expected);
        }
    }
}
