//! The form that extends an environment.

use leptos::{prelude::*, server_fn::ServerFn};
use wire::Environment;

use super::{Icon, ServerForm};
use crate::{
    form_actions::{new_form_action, report_extension},
    server_fns::ExtendEnvironment,
    view_models::Extension,
};

/// Extends an environment. The button shows the length of one extension and how many are used.
#[component]
pub fn ExtendForm(
    /// The environment.
    environment: Memo<Environment>,
) -> impl IntoView {
    let action = new_form_action();
    report_extension(action, environment);
    let extension = Memo::new(move |_| environment.with(Extension::of));
    let pending = action.pending();
    let button = move || {
        match extension.get() {
        Extension::Unlimited => ().into_any(),
        Extension::UsedUp { times } => view! {
            <button class="btn quiet" disabled title=format!("{times} of {times} extensions are used")>
                "Limit reached"
                <span class="vh">{format!(", {times} of {times} extensions are used")}</span>
            </button>
        }
        .into_any(),
        Extension::Offered { by, note } => {
            let name = environment.with_untracked(|it| it.display_name.clone());
            view! {
                <button class="btn quiet" disabled=move || pending.get()>
                    <Icon name="plus"/>
                    <span class="vh">{format!("Extend {name} by ")}</span>
                    {by}
                    <span class="note-in">{note}</span>
                </button>
            }
            .into_any()
        }
    }
    };
    view! {
        <ServerForm to=ExtendEnvironment::PATH form_action=action class="inline">
            <input type="hidden" name="template" value=move || environment.with(|it| it.name.clone())/>
            {move || button()}
        </ServerForm>
    }
}
