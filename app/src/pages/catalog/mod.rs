//! The catalog: what can be launched.

mod browser;

use leptos::prelude::*;
use leptos_meta::Title;

use self::browser::CatalogBrowser;
use crate::{
    contexts::{asked, use_session},
    parts::{Empty, Problem, Ready},
    server_fns::{Answer, Question},
};

/// The catalog.
#[component]
pub fn CatalogPage() -> impl IntoView {
    let templates = asked(|| Question::Catalog);
    let session = use_session();
    let content = move || {
        if !session.config().catalog_enabled {
            return view! { <SwitchedOff/> }.into_any();
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
                    "Each one is yours alone, with its own address and its own clock. It is gone when the time is up."
                </p>
            </div>
        </section>
        <Ready templates>
            {session.problem().map(|error| view! { <Problem error/> }.into_any())}
            {move || content()}
        </Ready>
    }
}

#[component]
fn SwitchedOff() -> impl IntoView {
    view! {
        <Empty
            icon="layout-grid"
            title="The catalog is switched off".to_owned()
            text="Your admin has switched it off. Links that launch an environment keep working."
        />
    }
}
