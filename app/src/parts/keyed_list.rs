//! The one keyed list of the app. A second type would add code to the WebAssembly module.

use leptos::prelude::*;

/// Shows one view per key. A view stays as long as its key is in the list.
#[component]
pub fn KeyedList(
    /// The keys, in order.
    keys: Signal<Vec<String>>,
    /// Creates the view of a key.
    item: Callback<String, AnyView>,
) -> impl IntoView {
    view! { <For each=move || keys.get() key=String::clone children=move |key| item.run(key)/> }
}
