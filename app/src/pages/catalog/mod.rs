//! The catalog: what can be launched.

mod browser;

use leptos::prelude::*;
use leptos_meta::Title;

use self::browser::CatalogBrowser;
use crate::{
    codec::Json,
    contexts::use_session,
    parts::{Empty, Problem, Ready, Skeleton},
    server_fns::list_catalog,
};

/// The catalog.
#[component]
pub fn CatalogPage() -> impl IntoView {
    let catalog = Resource::<_, Json>::new_with_options(|| (), |()| list_catalog(), false);
    let session = use_session();
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
        <Ready>
            {session.problem().map(|error| view! { <Problem error/> })}
            <Suspense fallback=Skeleton>
                {move || Suspend::new(async move {
                    let enabled = session.config().catalog_enabled;
                    match catalog.await {
                        _ if !enabled => view! { <SwitchedOff/> }.into_any(),
                        Ok(entries) => view! { <CatalogBrowser entries/> }.into_any(),
                        Err(error) => view! { <Problem error/> }.into_any(),
                    }
                })}
            </Suspense>
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
        >
            ()
        </Empty>
    }
}
