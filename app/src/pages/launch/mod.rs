//! The launch page, `/run/<template>`: launches, shows the progress, and opens the environment.

mod launcher;
mod progress;

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_location, params::ParamsMap};
use wire::CatalogEntry;

use self::launcher::Launcher;
use super::NotFoundPage;
use crate::{
    contexts::{answer_resource, use_session, use_sign_in_link},
    links,
    parts::{EmptyState, Loaded, Problem, SignInLink},
    response,
    server_fns::{Answer, Question, UiErrorKind},
};

/// The launch page.
#[component]
pub fn LaunchPage(
    /// The template's name.
    template: String,
) -> impl IntoView {
    let query = use_location().query;
    let session = use_session();
    let templates = answer_resource(move || Question::Template(template.clone()));
    let content = move || match templates.get() {
        Some(Ok(Answer::Templates(found))) => match found.into_iter().next() {
            Some(_) if session.user().is_none() => view! { <SignInFirst/> }.into_any(),
            Some(entry) => launcher(entry, &query.get_untracked()),
            None => view! { <NotFoundPage/> }.into_any(),
        },
        Some(Err(error)) if error.kind == UiErrorKind::NotFound => {
            view! { <NotFoundPage/> }.into_any()
        }
        Some(Err(error)) if error.kind == UiErrorKind::SignedOut => {
            view! { <SignInFirst/> }.into_any()
        }
        Some(Err(error)) => view! { <Problem error/> }.into_any(),
        _ => ().into_any(),
    };
    view! {
        <Loaded templates>
            {move || content()}
        </Loaded>
    }
}

/// The launcher, with the parameters from the address.
fn launcher(entry: CatalogEntry, query: &ParamsMap) -> AnyView {
    let mut given = BTreeMap::new();
    for parameter in &entry.parameters {
        if let Some(value) = query.get(&parameter.name) {
            given.insert(parameter.name.clone(), value);
        }
    }
    let wait = query.get(links::WAIT_PARAMETER).is_some();
    view! { <Launcher entry given wait/> }.into_any()
}

/// Redirects to the sign-in. A page that is already open shows a link instead.
#[component]
fn SignInFirst() -> impl IntoView {
    let link = use_sign_in_link();
    response::redirect(&link.get_untracked());
    view! {
        <Title text="Sign in"/>
        <EmptyState
            icon="log-in"
            title="Sign in to launch".to_owned()
            text="Every environment has an owner. Yours starts as soon as you are signed in."
        >
            <SignInLink class="btn solid"/>
        </EmptyState>
    }
}
