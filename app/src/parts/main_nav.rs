use leptos::prelude::*;
use leptos_router::components::A;

use super::Icon;
use crate::{
    contexts::{use_live, use_session},
    links,
};

/// The pages.
#[component]
pub fn MainNav() -> impl IntoView {
    let (session, live) = (use_session(), use_live());
    let count = move || live.list().map(|list| list.count).filter(|count| *count > 0);
    let environments =
        Memo::new(move |_| session.is_signed_in() && session.config().instances_enabled);
    view! {
        <nav class="nav" aria-label="Main">
            <A href=links::CATALOG exact=true>
                <Icon name="layout-grid"/>
                <span class="t">"Catalog"</span>
            </A>
            {move || environments.get().then(|| view! {
                <A href=links::ENVIRONMENTS>
                    <Icon name="boxes"/>
                    <span class="t">"My environments"</span>
                    {move || {
                        let count = count()?.to_string();
                        Some(view! { <span class="count num">{count}</span> }.into_any())
                    }}
                </A>
            }.into_any())}
        </nav>
    }
}
