use wire::CatalogEntry;

use crate::{letters::capitalized, time::words};

/// How long an environment lives: `24 h, +2 h × 5`, or `no end`.
#[must_use]
pub fn lifetime(entry: &CatalogEntry) -> String {
    if entry.is_unlimited {
        return "no end".to_owned();
    }
    let ttl = words(entry.ttl);
    match (entry.extend_ttl, entry.max_extends) {
        (..=0, _) => ttl,
        (by, ..=0) => format!("{ttl}, +{}", words(by)),
        (by, times) => format!("{ttl}, +{} × {times}", words(by)),
    }
}

/// `Learning · Linux`
#[must_use]
pub fn whereabouts(category: &str) -> String {
    let (main, sub) = super::split_category(category);
    if sub.is_empty() {
        capitalized(main)
    } else {
        format!("{} · {}", capitalized(main), capitalized(sub))
    }
}

/// An address as people read it: without the scheme and a trailing slash.
#[must_use]
pub fn bare_address(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/')
}
