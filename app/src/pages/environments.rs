//! The page "My environments", `/environments`.

use leptos::prelude::*;
use leptos_meta::Title;
use wire::Environment;

use crate::{
    contexts::{use_live_list, use_session},
    links,
    parts::{EmptyState, EnvironmentRow, KeyedList, Loaded, Problem, QuotaMeter, SignInLink},
};

/// The page "My environments".
#[component]
pub fn EnvironmentsPage() -> impl IntoView {
    view! {
        <Title text="My environments"/>
        <Loaded>
            <section class="lead">
                <h1>"My environments"</h1>
                <QuotaMeter/>
            </section>
            <Content/>
        </Loaded>
    }
}

/// The list, or the reason why it is missing.
#[component]
fn Content() -> impl IntoView {
    let (session, live) = (use_session(), use_live_list());
    // Only whether the list is empty: the other rows must not be redrawn when one is added.
    let any = Memo::new(move |_| live.list().map(|list| list.count > 0));
    view! {
        {move || match (session.user().is_some(), any.get()) {
        _ if !session.config().instances_enabled => view! { <Disabled/> }.into_any(),
        (false, _) => view! { <SignedOut/> }.into_any(),
        (true, Some(false)) => view! { <NoEnvironments/> }.into_any(),
        (true, Some(true)) => view! { <Rows/> }.into_any(),
        (true, None) => live.problem().map(|error| view! { <Problem error/> }).into_any(),
    }}
    }
}

#[component]
fn Rows() -> impl IntoView {
    let live = use_live_list();
    let all = move || live.list().map(|list| list.environments).unwrap_or_default();
    let keys = Signal::derive(move || all().into_iter().map(|it| it.uuid).collect());
    let row = move |uuid: String| {
        let find = move || all().into_iter().find(|it| it.uuid == uuid);
        let Some(first) = untrack(&find) else { return ().into_any() };
        // A deleted environment keeps its last value until its row is removed.
        let environment = Memo::new(move |last: Option<&Environment>| {
            find().or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
        });
        view! { <EnvironmentRow environment/> }.into_any()
    };
    view! {
        <ul class="envs" data-testid="environments">
            <KeyedList keys item=Callback::new(row)/>
        </ul>
    }
}

#[component]
fn NoEnvironments() -> impl IntoView {
    view! {
        <EmptyState
            icon="rocket"
            title="Nothing running yet".to_owned()
            text="Choose a template from the catalog. Most start within seconds."
        >
            <a class="btn quiet" href=links::CATALOG>"Open the catalog"</a>
        </EmptyState>
    }
}

#[component]
fn SignedOut() -> impl IntoView {
    view! {
        <EmptyState
            icon="circle-user"
            title="You are not signed in".to_owned()
            text="Sign in to see your environments."
        >
            <SignInLink class="btn solid"/>
        </EmptyState>
    }
}

#[component]
fn Disabled() -> impl IntoView {
    view! {
        <EmptyState
            icon="boxes"
            title="The list of environments is disabled".to_owned()
            text="Your admin has disabled it. Links to environments still work."
        >
            <a class="btn quiet" href=links::CATALOG>"Open the catalog"</a>
        </EmptyState>
    }
}
