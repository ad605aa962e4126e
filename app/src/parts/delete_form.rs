//! The confirmation of a deletion.

use leptos::{prelude::*, server_fn::ServerFn};
use wire::Environment;

use super::ServerForm;
use crate::{
    form_actions::FormAction, links, server_fns::DeleteEnvironment, view_models::short_url,
};

/// Shows what a deletion destroys, with the buttons to delete and to keep.
#[component]
pub fn DeleteForm(
    /// The environment.
    environment: Memo<Environment>,
    /// The action that deletes it.
    delete: FormAction,
    /// Closes the dialog. Without it, "Keep it" is a link to the list.
    #[prop(optional)]
    cancel: Option<Callback<()>>,
) -> impl IntoView {
    let address = move || environment.with(|it| short_url(&it.url).to_owned());
    let team_warning = move || {
        environment.with(|it| match it.shared {
            true => format!(" Everyone in the team {} loses it.", it.owner),
            false => String::new(),
        })
    };
    let waits = environment.with_untracked(|it| it.position > 0);
    let consequence = move || match waits {
        true => view! { "You give up your place in the queue." }.into_any(),
        false => view! {
            "Everything in it, and its address " <span class="mono break">{move || address()}</span>
            ", is lost for good."
        }
        .into_any(),
    };
    let keep = match cancel {
        Some(cancel) => view! {
            <button type="button" class="btn quiet" on:click=move |_| cancel.run(())>
                "Keep it"
            </button>
        }
        .into_any(),
        None => view! { <a class="btn quiet" href=links::ENVIRONMENTS>"Keep it"</a> }.into_any(),
    };
    view! {
        <ServerForm to=DeleteEnvironment::PATH form_action=delete class="form">
            <input type="hidden" name="template" value=move || environment.with(|it| it.name.clone())/>
            <p>
                {consequence()} {move || team_warning()}
            </p>
            <footer class="foot">
                {keep}
                <button class="btn solid danger" disabled=move || delete.pending().get()>
                    "Delete"
                </button>
            </footer>
        </ServerForm>
    }
}
