//! The launch page, `/run/<template>`: launches, shows how far it is, and goes to the environment when it runs.

mod launcher;
mod progress;

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::launcher::Launcher;
use super::NotFoundPage;
use crate::{
    codec::Json,
    contexts::{use_session, use_sign_in_link},
    links,
    parts::{Empty, Problem, Ready, SignInLink, Skeleton},
    response,
    server_fns::{UiErrorKind, catalog_entry},
};

/// The launch page.
#[component]
pub fn LaunchPage() -> impl IntoView {
    let params = use_params_map();
    let template = Memo::new(move |_| params.with(|it| it.get("template").unwrap_or_default()));
    let entry = Resource::<_, Json>::new_with_options(move || template.get(), catalog_entry, false);
    let session = use_session();
    let query = use_query_map();
    view! {
        <Ready>
            <Suspense fallback=Skeleton>
                {move || Suspend::new(async move {
                    match entry.await {
                        Err(error) if error.kind == UiErrorKind::NotFound => {
                            view! { <NotFoundPage/> }.into_any()
                        }
                        Err(error) => view! { <Problem error/> }.into_any(),
                        Ok(_) if session.user().is_none() => view! { <SignInFirst/> }.into_any(),
                        Ok(entry) => {
                            let mut asked = BTreeMap::new();
                            for (name, value) in query.get_untracked() {
                                asked.insert(name.into_owned(), value);
                            }
                            let wait = asked.contains_key(links::ASK);
                            view! { <Launcher entry given=asked wait/> }.into_any()
                        }
                    }
                })}
            </Suspense>
        </Ready>
    }
}

/// Nobody is signed in: the server sends the browser to sign in; a page that is open already asks.
#[component]
fn SignInFirst() -> impl IntoView {
    let link = use_sign_in_link();
    response::redirect(&link.get_untracked());
    view! {
        <Title text="Sign in"/>
        <Empty
            icon="log-in"
            title="Sign in to launch".to_owned()
            text="An environment belongs to somebody. It starts as soon as you are signed in."
        >
            <SignInLink class="btn solid"/>
        </Empty>
    }
}
