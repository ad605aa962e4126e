//! The root component.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::Router;

use crate::{
    contexts::{Shared, follow_event_stream, provide_shared},
    pages::Page,
    parts::{Announcer, Bar, FlashMessage, StreamState, ToastStack},
};

/// The web app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let Shared { preferences, clock, session, live, .. } = provide_shared();
    crate::reactive::effect(move || {
        clock.run();
        preferences.detect_zone();
        mark_as_hydrated();
    });
    follow_event_stream(live, session, clock);
    view! {
        <Title formatter=format_title/>
        <Router>
            <Bar/>
            <StreamState/>
            <main class="page" id="main">
                <FlashMessage/>
                <Page/>
            </main>
            <ToastStack/>
            <Announcer/>
        </Router>
    }
}

/// A page's title, followed by the product's name.
fn format_title(page: String) -> String {
    if page.is_empty() { "Dploy".to_owned() } else { format!("{page} · Dploy") }
}

/// Sets the attribute `data-hydrated`, which the end-to-end tests wait for before they click.
fn mark_as_hydrated() {
    if let Some(root) = document().document_element() {
        // The page works without the attribute.
        let _ = root.set_attribute("data-hydrated", "");
    }
}
