//! The page for an unknown address.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{links, parts::EmptyState, response};

/// The page for an unknown address; its status is 404.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    response::set_status(404);
    view! {
        <Title text="Not found"/>
        <h1 class="vh">"Not found"</h1>
        <EmptyState
            icon="search-x"
            title="There is nothing here".to_owned()
            text="The address may be mistyped, or the page is gone. The catalog lists what you can launch."
        >
            <a class="btn quiet" href=links::CATALOG>"Open the catalog"</a>
        </EmptyState>
    }
}
