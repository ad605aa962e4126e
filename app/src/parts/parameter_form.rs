//! The form for a template's parameters.

use std::collections::BTreeMap;

use leptos::{prelude::*, server_fn::ServerFn};
use wire::CatalogEntry;

use super::{ParameterField, Problem, ServerForm};
use crate::{form_actions::FormAction, server_fns::LaunchEnvironment};

/// The form for a template's parameters, with the button to launch.
#[component]
pub fn ParameterForm(
    /// The template.
    entry: CatalogEntry,
    /// The launch.
    action: FormAction,
    /// The initial values.
    given: BTreeMap<String, String>,
    /// Closes the dialog.
    #[prop(optional)]
    cancel: Option<Callback<()>>,
) -> impl IntoView {
    let error = Memo::new(move |_| action.value().get().and_then(Result::err));
    let template = entry.name;
    let fields = entry.parameters.into_iter().map(move |parameter| {
        let value = given.get(&parameter.name).cloned();
        let name = parameter.name.clone();
        let refused = Signal::derive(move || {
            error.get().filter(|it| it.field.as_ref() == Some(&name)).map(|it| it.sentence)
        });
        view! { <ParameterField parameter value refused/> }.into_any()
    });
    let pending = action.pending();
    view! {
        <ServerForm to=LaunchEnvironment::PATH form_action=action class="form">
            <input type="hidden" name="template" value=template/>
            {fields.collect_view()}
            {move || {
                error.get().filter(|it| it.field.is_none()).map(|error| view! { <Problem error/> }.into_any())
            }}
            <footer class="foot">
                {cancel.map(|cancel| {
                    view! {
                        <button type="button" class="btn quiet" on:click=move |_| cancel.run(())>
                            "Cancel"
                        </button>
                    }
                    .into_any()
                })}
                <button class="btn solid" disabled=move || pending.get()>
                    {move || if pending.get() { "Launching…" } else { "Launch" }}
                </button>
            </footer>
        </ServerForm>
    }
}
