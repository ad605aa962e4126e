use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::Router;

use crate::{
    contexts::{Shared, follow_changes, provide_shared},
    pages::Page,
    parts::{Announcer, Bar, PageNotice, StreamState, ToastStack},
};

/// The web app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let Shared { preferences, clock, session, live, .. } = provide_shared();
    crate::reactive::effect(move || {
        clock.run();
        preferences.learn_zone();
        say_hydrated();
    });
    follow_changes(live, session, clock);
    view! {
        <Title formatter=title_of/>
        <Router>
            <Bar/>
            <StreamState/>
            <main class="page" id="main">
                <PageNotice/>
                <Page/>
            </main>
            <ToastStack/>
            <Announcer/>
        </Router>
    }
}

/// A page's title with the product's name.
fn title_of(page: String) -> String {
    if page.is_empty() { "Dploy".to_owned() } else { format!("{page} · Dploy") }
}

/// Marks the document as taken over, for those who must not click before it is: the end-to-end tests.
fn say_hydrated() {
    if let Some(root) = document().document_element() {
        // Without the mark the page works all the same.
        let _ = root.set_attribute("data-hydrated", "");
    }
}
