use leptos::{prelude::*, server_fn::ServerFn};
use wire::Environment;

use super::{ChangeForm, Icon};
use crate::{
    actions::{follow_extension, new_change},
    plain::Extension,
    server_fns::ExtendEnvironment,
};

/// Moves the end on, and says by how much and how often.
#[component]
pub fn ExtendForm(
    /// The environment.
    environment: Memo<Environment>,
) -> impl IntoView {
    let action = new_change();
    follow_extension(action, environment);
    let extension = Memo::new(move |_| environment.with(Extension::of));
    let pending = action.pending();
    let button = move || {
        match extension.get() {
        Extension::Pointless => ().into_any(),
        Extension::UsedUp { times } => view! {
            <button class="btn quiet" disabled title=format!("It was extended {times} of {times} times")>
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
        <ChangeForm to=ExtendEnvironment::PATH change=action class="inline">
            <input type="hidden" name="template" value=move || environment.with(|it| it.name.clone())/>
            {move || button()}
        </ChangeForm>
    }
}
