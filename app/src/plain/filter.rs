use std::collections::BTreeMap;

use wire::CatalogEntry;

use crate::letters::lower;

/// What the reader wants to see of the catalog.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogFilter {
    /// Words that all have to occur.
    pub query: String,
    /// The category; empty for all.
    pub category: String,
}

impl CatalogFilter {
    /// Whether the reader wants to see this entry.
    #[must_use]
    pub fn admits(&self, entry: &CatalogEntry) -> bool {
        let (category, _) = split_category(&entry.category);
        if !self.category.is_empty() && !self.category.eq_ignore_ascii_case(category) {
            return false;
        }
        let haystack = [&entry.name, &entry.display_name, &entry.description, &entry.category]
            .map(|text| lower(text))
            .join(" ");
        lower(&self.query).split_whitespace().all(|word| haystack.contains(word))
    }
}

/// `category,subcategory` in its two parts.
#[must_use]
pub fn split_category(category: &str) -> (&str, &str) {
    let (main, sub) = category.split_once(',').unwrap_or((category, ""));
    (main.trim(), sub.trim())
}

/// The categories of a catalog, each once, sorted.
#[must_use]
pub fn categories(entries: &[CatalogEntry]) -> Vec<String> {
    // One by one: collecting would bring a whole sort into the WebAssembly module.
    let mut names = BTreeMap::new();
    for entry in entries {
        let (name, _) = split_category(&entry.category);
        if !name.is_empty() {
            names.entry(lower(name)).or_insert_with(|| name.to_owned());
        }
    }
    names.into_values().collect()
}
