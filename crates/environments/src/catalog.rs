//! The catalog: which templates can be launched.

use resources::DployTemplate;
use wire::CatalogEntry;

use crate::{Caller, Part, Refusal, features::require, ports::Reads, views};

/// The visible and enabled templates, sorted by display name.
pub(crate) fn catalog(reads: &Reads) -> Result<Vec<CatalogEntry>, Refusal> {
    require(reads, Part::Catalog)?;
    let templates = reads.cache.templates.all();
    let shown = templates.iter().filter(|it| is_shown(it));
    let mut entries: Vec<CatalogEntry> = shown.map(|it| views::catalog_entry(reads, it)).collect();
    entries.sort_by_cached_key(|it| (it.display_name.to_lowercase(), it.name.clone()));
    Ok(entries)
}

/// One enabled template by name: one of the catalog, or for a caller any.
pub(crate) async fn entry(
    reads: &Reads,
    caller: Option<&Caller>,
    template: &str,
) -> Result<CatalogEntry, Refusal> {
    if caller.is_none() {
        return public_entry(reads, template).await;
    }
    let template = reads.enabled_template(template).await?;
    Ok(views::catalog_entry(reads, &template))
}

/// One entry of the catalog by name. Somebody who is not signed in does not learn whether another
/// template exists, and cannot make this replica ask the API server for it.
async fn public_entry(reads: &Reads, template: &str) -> Result<CatalogEntry, Refusal> {
    reads.filled().await?;
    let template = reads.cache.templates.get(template);
    let shown = template.filter(|it| require(reads, Part::Catalog).is_ok() && is_shown(it));
    shown.map(|it| views::catalog_entry(reads, &it)).ok_or(Refusal::SignedOut)
}

/// Whether the template is part of the catalog.
const fn is_shown(template: &DployTemplate) -> bool {
    template.spec.visible && template.spec.enabled
}
