//! Short texts about templates and environments.

use wire::CatalogEntry;

use crate::{text_case::capitalized, time::format_duration};

/// How long an environment lives: `24 h, +2 h × 5`, or `no time limit`.
#[must_use]
pub fn lifetime(entry: &CatalogEntry) -> String {
    if entry.is_unlimited {
        return "no time limit".to_owned();
    }
    let ttl = format_duration(entry.ttl);
    match (entry.extend_ttl, entry.max_extends) {
        (..=0, _) => ttl,
        (by, ..=0) => format!("{ttl}, +{}", format_duration(by)),
        (by, times) => format!("{ttl}, +{} × {times}", format_duration(by)),
    }
}

/// A category as the card shows it: `Learning · Linux`.
#[must_use]
pub fn category_label(category: &str) -> String {
    let (main, sub) = super::split_category(category);
    if sub.is_empty() {
        capitalized(main)
    } else {
        format!("{} · {}", capitalized(main), capitalized(sub))
    }
}

/// A URL without its scheme and its trailing slash.
#[must_use]
pub fn short_url(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/')
}
