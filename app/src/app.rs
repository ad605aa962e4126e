use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode, StaticSegment,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    contexts::{
        follow_changes, provide_clock, provide_live, provide_preferences, provide_session,
        provide_toasts,
    },
    pages::{CatalogPage, DeletePage, EnvironmentsPage, LaunchPage, NotFoundPage, SignInErrorPage},
    parts::{Announcer, Bar, PageNotice, StreamState, ToastStack},
};

/// The web app.
///
/// Every page waits for its data before it is sent: they come from memory, and a page without JavaScript is whole.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let preferences = provide_preferences();
    let clock = provide_clock();
    let session = provide_session();
    let toasts = provide_toasts();
    let live = provide_live(clock, session, toasts);
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
                <FlatRoutes fallback=NotFoundPage>
                    <Route path=StaticSegment("") view=CatalogPage ssr=SsrMode::Async/>
                    <Route path=path!("environments") view=EnvironmentsPage ssr=SsrMode::Async/>
                    <Route path=path!("environments/:template/delete") view=DeletePage ssr=SsrMode::Async/>
                    <Route path=path!("run/:template") view=LaunchPage ssr=SsrMode::Async/>
                    <Route path=path!("auth/error") view=SignInErrorPage ssr=SsrMode::Async/>
                </FlatRoutes>
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
