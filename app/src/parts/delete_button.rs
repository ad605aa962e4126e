use leptos::prelude::*;
use wire::Environment;

use super::{DeleteForm, Dialog, Icon};
use crate::{actions::Change, links};

/// Asks before deleting: in a dialog, or without JavaScript on a page of its own.
#[component]
pub fn DeleteButton(
    /// The environment.
    environment: Memo<Environment>,
    /// Its deletion.
    remove: Change,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let name = move || environment.with(|it| it.display_name.clone());
    let href = move || environment.with(|it| links::delete_page(&it.name));
    let ask = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        open.set(true);
    };
    view! {
        <a
            class="btn plain danger square"
            href=move || href()
            aria-label=move || format!("Delete {}", name())
            aria-haspopup="dialog"
            on:click=ask
        >
            <Icon name="trash-2"/>
        </a>
        <Dialog open title=Signal::derive(move || format!("Delete {}?", name()))>
            <DeleteForm
                environment
                remove
                cancel=Callback::new(move |()| open.set(false))
            />
        </Dialog>
    }
}
