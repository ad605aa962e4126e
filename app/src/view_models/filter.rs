//! The filter of the catalog: search words and a category.

use std::collections::BTreeMap;

use wire::CatalogEntry;

use crate::text_case::to_lowercase;

/// The search words and the category that an entry must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogFilter {
    /// Words that must all occur in the entry.
    pub query: String,
    /// The category; empty for every category.
    pub category: String,
}

impl CatalogFilter {
    /// Whether the entry matches.
    #[must_use]
    pub fn matches(&self, entry: &CatalogEntry) -> bool {
        let (category, _) = split_category(&entry.category);
        if !self.category.is_empty() && !self.category.eq_ignore_ascii_case(category) {
            return false;
        }
        let haystack = [&entry.name, &entry.display_name, &entry.description, &entry.category]
            .map(|text| to_lowercase(text))
            .join(" ");
        to_lowercase(&self.query).split_whitespace().all(|word| haystack.contains(word))
    }
}

/// Splits `category,subcategory`.
#[must_use]
pub fn split_category(category: &str) -> (&str, &str) {
    let (main, sub) = category.split_once(',').unwrap_or((category, ""));
    (main.trim(), sub.trim())
}

/// The distinct categories of a catalog, sorted.
#[must_use]
pub fn categories(entries: &[CatalogEntry]) -> Vec<String> {
    // `collect` would add a sort to the WebAssembly module; single inserts do not.
    let mut names = BTreeMap::new();
    for entry in entries {
        let (name, _) = split_category(&entry.category);
        if !name.is_empty() {
            names.entry(to_lowercase(name)).or_insert_with(|| name.to_owned());
        }
    }
    names.into_values().collect()
}
