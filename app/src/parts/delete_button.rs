//! The button that deletes an environment.

use leptos::prelude::*;
use wire::Environment;

use super::{DeleteForm, Dialog, Icon};
use crate::{form_actions::FormAction, links};

/// Asks for confirmation in a dialog. Without JavaScript, it is a link to the confirmation page.
#[component]
pub fn DeleteButton(
    /// The environment.
    environment: Memo<Environment>,
    /// The action that deletes it.
    delete: FormAction,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let name = move || environment.with(|it| it.display_name.clone());
    let href = move || environment.with(|it| links::delete_page(&it.name));
    let show = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        open.set(true);
    };
    view! {
        <a
            class="btn plain danger square"
            href=move || href()
            aria-label=move || format!("Delete {}", name())
            aria-haspopup="dialog"
            on:click=show
        >
            <Icon name="trash-2"/>
        </a>
        <Dialog open title=Signal::derive(move || format!("Delete {}?", name()))>
            <DeleteForm
                environment
                delete
                cancel=Callback::new(move |()| open.set(false))
            />
        </Dialog>
    }
}
