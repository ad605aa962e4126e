use leptos::{prelude::*, server_fn::ServerFn};
use wire::Environment;

use super::ChangeForm;
use crate::{actions::Change, links, plain::bare_address, server_fns::DeleteEnvironment};

/// What would be lost, and the two ways on.
#[component]
pub fn DeleteForm(
    /// The environment.
    environment: Memo<Environment>,
    /// Its deletion.
    remove: Change,
    /// Takes the question away; without it, a link leads back to the list.
    #[prop(optional)]
    cancel: Option<Callback<()>>,
) -> impl IntoView {
    let address = move || environment.with(|it| bare_address(&it.url).to_owned());
    let whose = move || {
        environment.with(|it| match it.shared {
            true => format!(" It is shared: everyone in {} loses it.", it.owner),
            false => String::new(),
        })
    };
    let stay = match cancel {
        Some(cancel) => view! {
            <button type="button" class="btn quiet" on:click=move |_| cancel.run(())>
                "Keep it"
            </button>
        }
        .into_any(),
        None => view! { <a class="btn quiet" href=links::ENVIRONMENTS>"Keep it"</a> }.into_any(),
    };
    view! {
        <ChangeForm to=DeleteEnvironment::PATH change=remove class="form">
            <input type="hidden" name="template" value=move || environment.with(|it| it.name.clone())/>
            <p>
                "Everything in it, and its address " <span class="mono break">{move || address()}</span>
                ", is lost for good." {move || whose()}
            </p>
            <footer class="foot">
                {stay}
                <button class="btn solid danger" disabled=move || remove.pending().get()>
                    "Delete"
                </button>
            </footer>
        </ChangeForm>
    }
}
