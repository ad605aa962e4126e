//! A modal dialog.

use leptos::{html, prelude::*};

use crate::reactive::effect;

use super::Icon;

/// A native `<dialog>`: Esc closes it, and the focus returns to the element that opened it.
#[component]
pub fn Dialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// The content, which is created when the dialog opens.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let children = StoredValue::new(children);
    effect(move || {
        let (wanted, Some(dialog)) = (open.get(), node.get()) else { return };
        // Opens after the content is rendered, so that the first field gets the focus.
        request_animation_frame(move || match (wanted, dialog.open()) {
            (true, false) => _ = dialog.show_modal(),
            (false, true) => dialog.close(),
            _ => {}
        });
    });
    let on_backdrop = move |event: web_sys::MouseEvent| {
        let target: web_sys::Element = event_target(&event);
        if target.tag_name().eq_ignore_ascii_case("dialog") {
            open.set(false);
        }
    };
    view! {
        <dialog
            class="dialog"
            node_ref=node
            aria-label=move || title.get()
            on:close=move |_| open.set(false)
            on:click=on_backdrop
        >
            {move || open.get().then(|| view! {
                <header>
                    <h2>{move || title.get()}</h2>
                    <button
                        type="button"
                        class="btn plain square"
                        aria-label="Close"
                        on:click=move |_| open.set(false)
                    >
                        <Icon name="x"/>
                    </button>
                </header>
                {children.with_value(|children| children())}
            }.into_any())}
        </dialog>
    }
}
