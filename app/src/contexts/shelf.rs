use leptos::prelude::*;
use wire::CatalogEntry;

use crate::{
    codec::Json,
    server_fns::{UiError, catalog_entry, list_catalog},
};

/// Templates as the server describes them: the whole catalog, or one.
pub type Shelf = Resource<Result<Vec<CatalogEntry>, UiError>, Json>;

/// What can be launched; or, where `template` names one, that one alone.
#[must_use]
pub fn fetch_shelf(template: Signal<Option<String>>) -> Shelf {
    let fetch = |template: Option<String>| async move {
        match template {
            Some(name) => catalog_entry(name).await.map(|entry| vec![entry]),
            None => list_catalog().await,
        }
    };
    Resource::new_with_options(move || template.get(), fetch, false)
}
