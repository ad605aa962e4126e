use leptos::prelude::*;
use leptos_meta::Title;
use wire::Environment;

use crate::{
    contexts::{use_live, use_session},
    links,
    parts::{Each, Empty, EnvironmentRow, Problem, QuotaMeter, Ready, SignInLink},
};

/// My environments.
#[component]
pub fn EnvironmentsPage() -> impl IntoView {
    view! {
        <Title text="My environments"/>
        <Ready>
            <section class="lead">
                <h1>"My environments"</h1>
                <QuotaMeter/>
            </section>
            <Content/>
        </Ready>
    }
}

/// The list, or why there is none.
#[component]
fn Content() -> impl IntoView {
    let (session, live) = (use_session(), use_live());
    // Whether there are any, not how many: a row that comes must not redraw the others.
    let any = Memo::new(move |_| live.list().map(|list| list.count > 0));
    view! {
        {move || match (session.user().is_some(), any.get()) {
        _ if !session.config().instances_enabled => view! { <SwitchedOff/> }.into_any(),
        (false, _) => view! { <SignedOut/> }.into_any(),
        (true, Some(false)) => view! { <Nothing/> }.into_any(),
        (true, Some(true)) => view! { <Rows/> }.into_any(),
        (true, None) => live.problem().map(|error| view! { <Problem error/> }).into_any(),
    }}
    }
}

#[component]
fn Rows() -> impl IntoView {
    let live = use_live();
    let all = move || live.list().map(|list| list.environments).unwrap_or_default();
    let keys = Signal::derive(move || all().into_iter().map(|it| it.uuid).collect());
    let row = move |uuid: String| {
        let find = move || all().into_iter().find(|it| it.uuid == uuid);
        let Some(first) = untrack(&find) else { return ().into_any() };
        // What is gone keeps its last look until its row goes.
        let environment = Memo::new(move |last: Option<&Environment>| {
            find().or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
        });
        view! { <EnvironmentRow environment/> }.into_any()
    };
    view! {
        <ul class="envs" data-testid="environments">
            <Each keys item=Callback::new(row)/>
        </ul>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <Empty
            icon="rocket"
            title="Nothing running yet".to_owned()
            text="Pick something from the catalog; most start in seconds."
        >
            <a class="btn quiet" href=links::CATALOG>"Open the catalog"</a>
        </Empty>
    }
}

#[component]
fn SignedOut() -> impl IntoView {
    view! {
        <Empty
            icon="circle-user"
            title="You are not signed in".to_owned()
            text="Sign in to see what you have running."
        >
            <SignInLink class="btn solid"/>
        </Empty>
    }
}

#[component]
fn SwitchedOff() -> impl IntoView {
    view! {
        <Empty
            icon="boxes"
            title="The list of environments is switched off".to_owned()
            text="Your admin has switched it off. Links to environments keep working."
        >
            <a class="btn quiet" href=links::CATALOG>"Open the catalog"</a>
        </Empty>
    }
}
