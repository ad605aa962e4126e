//! The catalog: which templates can be launched.

use wire::CatalogEntry;

use crate::{Refusal, ports::Reads, views};

/// The visible and enabled templates, sorted by display name.
pub(crate) fn catalog(reads: &Reads) -> Vec<CatalogEntry> {
    let templates = reads.cache.templates.all();
    let shown = templates.iter().filter(|it| it.spec.visible && it.spec.enabled);
    let mut entries: Vec<CatalogEntry> = shown.map(|it| views::catalog_entry(reads, it)).collect();
    entries.sort_by_cached_key(|it| (it.display_name.to_lowercase(), it.name.clone()));
    entries
}

/// One enabled template by name, visible or not.
pub(crate) async fn entry(reads: &Reads, template: &str) -> Result<CatalogEntry, Refusal> {
    let template = reads.enabled_template(template).await?;
    Ok(views::catalog_entry(reads, &template))
}
