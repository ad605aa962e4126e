//! A form whose target is a server function.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, SubmitEvent};

use crate::{form_actions::FormAction, server_fns::PostedForm};

/// A form that posts to a server function. With JavaScript, a script posts the same fields and the
/// page stays open.
#[component]
pub fn ServerForm(
    /// The path of the server function.
    to: &'static str,
    /// The action that posts the form.
    form_action: FormAction,
    /// The CSS classes.
    #[prop(optional)]
    class: &'static str,
    /// The fields and buttons.
    children: Children,
) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let form: HtmlFormElement = event_target(&event);
        form_action.dispatch(PostedForm { to, fields: fields(&form) });
    };
    view! {
        <form action=to method="post" class=class on:submit=submit>
            {children()}
        </form>
    }
}

/// The fields and values that the browser would post.
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
