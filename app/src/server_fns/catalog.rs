use leptos::{prelude::*, server_fn::codec::GetUrl};
use wire::CatalogEntry;

use super::UiError;
#[cfg(feature = "ssr")]
use super::door;

/// What can be launched.
///
/// # Errors
/// [`UiError`] when the catalog is switched off.
#[server(input = GetUrl)]
pub async fn list_catalog() -> Result<Vec<CatalogEntry>, UiError> {
    door::answered(door::rules().map(|rules| rules.catalog()))
}

/// One template, hidden ones too: what the launch page asks for.
///
/// # Errors
/// [`UiError`] when there is no such template.
#[server(name = CatalogEntryQuery, input = GetUrl)]
pub async fn catalog_entry(
    /// The template's name.
    template: String,
) -> Result<CatalogEntry, UiError> {
    let found = match door::rules() {
        Ok(rules) => rules.entry(&template).await.map_err(UiError::from),
        Err(error) => Err(error),
    };
    door::answered(found)
}
