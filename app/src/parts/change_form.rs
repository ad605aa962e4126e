use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, SubmitEvent};

use crate::{actions::Change, server_fns::Posted};

/// A form that changes something on the server. A browser can post it by itself; a script posts the same fields, and the
/// page stays.
#[component]
pub fn ChangeForm(
    /// The path of the server function.
    to: &'static str,
    /// The change that it asks for.
    change: Change,
    /// How it looks.
    #[prop(optional)]
    class: &'static str,
    /// Its fields and buttons.
    children: Children,
) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let form: HtmlFormElement = event_target(&event);
        change.dispatch(Posted { to, fields: fields(&form) });
    };
    view! {
        <form action=to method="post" class=class on:submit=submit>
            {children()}
        </form>
    }
}

/// What is filled in, as the browser would post it.
fn fields(form: &HtmlFormElement) -> Vec<(String, String)> {
    let Ok(data) = FormData::new_with_form(form) else { return Vec::new() };
    let text = |pair: &js_sys::Array, at: u32| pair.get(at).as_string();
    js_sys::Array::from(&data)
        .iter()
        .filter_map(|pair| {
            let pair: js_sys::Array = pair.unchecked_into();
            Some((text(&pair, 0)?, text(&pair, 1)?))
        })
        .collect()
}
