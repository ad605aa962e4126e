//! The main navigation.

use leptos::prelude::*;

use super::{Icon, NavLink};
use crate::{
    contexts::{use_live_list, use_session},
    links,
};

/// Links to the catalog and to the user's environments.
#[component]
pub fn MainNav() -> impl IntoView {
    let (session, live) = (use_session(), use_live_list());
    let count = move || live.list().map(|list| list.count).filter(|count| *count > 0);
    let environments =
        Memo::new(move |_| session.is_signed_in() && session.config().instances_enabled);
    view! {
        <nav class="nav" aria-label="Main">
            <NavLink href=links::CATALOG>
                <Icon name="layout-grid"/>
                <span class="t">"Catalog"</span>
            </NavLink>
            {move || environments.get().then(|| view! {
                <NavLink href=links::ENVIRONMENTS>
                    <Icon name="boxes"/>
                    <span class="t">"My environments"</span>
                    {move || {
                        let count = count()?.to_string();
                        Some(view! { <span class="count num">{count}</span> }.into_any())
                    }}
                </NavLink>
            }.into_any())}
        </nav>
    }
}
