//! The page that asks for confirmation before it deletes, `/environments/<template>/delete`.

use leptos::prelude::*;
use leptos_meta::Title;
use wire::Environment;

use super::NotFoundPage;
use crate::{
    contexts::use_live_list,
    form_actions::{new_form_action, report_deletion},
    parts::{DeleteForm, Loaded},
    reactive::effect,
};

/// Asks for confirmation before it deletes an environment, for browsers without JavaScript.
#[component]
pub fn DeletePage(
    /// The template's name.
    template: String,
) -> impl IntoView {
    view! {
        <Loaded>
            {match untrack(|| use_live_list().active_environment(&template)) {
                Some(environment) => view! { <Confirmation environment/> }.into_any(),
                None => view! { <NotFoundPage/> }.into_any(),
            }}
        </Loaded>
    }
}

#[component]
fn Confirmation(environment: Environment) -> impl IntoView {
    let title = format!("Delete {}?", environment.display_name);
    let environment = Memo::new(move |_| environment.clone());
    let delete = new_form_action();
    report_deletion(delete, environment);
    let navigate = leptos_router::hooks::use_navigate();
    effect(move || {
        if matches!(delete.value().get(), Some(Ok(_))) {
            navigate(crate::links::ENVIRONMENTS, leptos_router::NavigateOptions::default());
        }
    });
    view! {
        <Title text=title.clone()/>
        <section class="launch">
            <h1>{title}</h1>
            <DeleteForm environment delete/>
        </section>
    }
}
