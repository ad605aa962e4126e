//! The catalog page, `/`.

mod browser;

use leptos::prelude::*;
use leptos_meta::Title;

use self::browser::CatalogBrowser;
use crate::{
    contexts::{answer_resource, use_session},
    parts::{EmptyState, Loaded, Problem},
    server_fns::{Answer, Question},
};

/// The catalog page.
#[component]
pub fn CatalogPage() -> impl IntoView {
    let templates = answer_resource(|| Question::Catalog);
    let session = use_session();
    let content = move || {
        if !session.config().catalog_enabled {
            return view! { <Disabled/> }.into_any();
        }
        match templates.get() {
            Some(Ok(Answer::Templates(entries))) => view! { <CatalogBrowser entries/> }.into_any(),
            Some(Err(error)) => view! { <Problem error/> }.into_any(),
            _ => ().into_any(),
        }
    };
    view! {
        <Title text=""/>
        <section class="lead">
            <div>
                <h1>"What do you want to run?"</h1>
                <p>
                    "Each environment has its own address and its own time limit. It is deleted when its time is up."
                </p>
            </div>
        </section>
        <Loaded templates>
            {session.problem().map(|error| view! { <Problem error/> }.into_any())}
            {move || content()}
        </Loaded>
    }
}

#[component]
fn Disabled() -> impl IntoView {
    view! {
        <EmptyState
            icon="layout-grid"
            title="The catalog is disabled".to_owned()
            text="Your admin has disabled it. Links that launch an environment still work."
        />
    }
}
