use leptos::prelude::*;
use leptos_meta::Title;
use wire::Environment;

use super::NotFoundPage;
use crate::{
    actions::{follow_removal, new_change},
    contexts::use_live,
    parts::{DeleteForm, Ready},
    reactive::effect,
};

/// Asks before an environment is deleted, for browsers without JavaScript.
#[component]
pub fn DeletePage(
    /// The template's name.
    template: String,
) -> impl IntoView {
    view! {
        <Ready>
            {match untrack(|| use_live().living(&template)) {
                Some(mine) => view! { <Question mine/> }.into_any(),
                None => view! { <NotFoundPage/> }.into_any(),
            }}
        </Ready>
    }
}

#[component]
fn Question(mine: Environment) -> impl IntoView {
    let title = format!("Delete {}?", mine.display_name);
    let environment = Memo::new(move |_| mine.clone());
    let remove = new_change();
    follow_removal(remove, environment);
    let navigate = leptos_router::hooks::use_navigate();
    effect(move || {
        if matches!(remove.value().get(), Some(Ok(_))) {
            navigate(crate::links::ENVIRONMENTS, leptos_router::NavigateOptions::default());
        }
    });
    view! {
        <Title text=title.clone()/>
        <section class="launch">
            <h1>{title}</h1>
            <DeleteForm environment remove/>
        </section>
    }
}
