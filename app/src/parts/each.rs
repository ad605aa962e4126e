use leptos::prelude::*;

/// One view for each key; a view stays while its key does. The one list of the app, so that it is compiled once.
#[component]
pub fn Each(
    /// The keys, in order.
    keys: Signal<Vec<String>>,
    /// Makes the view of a key.
    item: Callback<String, AnyView>,
) -> impl IntoView {
    view! { <For each=move || keys.get() key=String::clone children=move |key| item.run(key)/> }
}
