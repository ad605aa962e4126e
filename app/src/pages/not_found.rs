use leptos::prelude::*;
use leptos_meta::Title;

use crate::{links, parts::Empty, response};

/// There is no such page.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    response::set_status(404);
    view! {
        <Title text="Not found"/>
        <h1 class="vh">"Not found"</h1>
        <Empty
            icon="search-x"
            title="There is nothing here".to_owned()
            text="The address may be mistyped, or what was here is gone. Everything that can be launched is in the catalog."
        >
            <a class="btn quiet" href=links::CATALOG>"Open the catalog"</a>
        </Empty>
    }
}
