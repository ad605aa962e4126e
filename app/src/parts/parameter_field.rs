//! The field of a template parameter.

use leptos::prelude::*;
use wire::Parameter;

use crate::server_fns::parameter_field;

/// The values that the server accepts for a parameter without a `pattern`
/// (docs/contract.md, "Template parameters").
const DEFAULT_PATTERN: &str = r"[\p{L}\p{N} ._\/@+=\-]*";

/// The field of a parameter: a select for choices, a text input otherwise.
#[component]
pub fn ParameterField(
    /// The parameter.
    parameter: Parameter,
    /// Its initial value.
    value: Option<String>,
    /// Why the server refused the value.
    refused: Signal<Option<String>>,
) -> impl IntoView {
    let id = format!("parameter-{}", parameter.name);
    let hint = format!("{id}-hint");
    let name = parameter_field(&parameter.name);
    let value = value.unwrap_or(parameter.default);
    let required = parameter.required;
    let invalid = move || refused.get().is_some().then_some("true");
    // The syntax of `pattern` is Rust's, which browsers do not support: the server checks it.
    let pattern = parameter.pattern.is_empty().then_some(DEFAULT_PATTERN);
    let control = if parameter.choices.is_empty() {
        view! {
            <input type="text" id=id.clone() name=name value=value required=required maxlength="256" pattern=pattern
                autocomplete="off" spellcheck="false" aria-describedby=hint.clone() aria-invalid=move || invalid()
                title="Letters, digits, spaces and . _ / @ + = -"/>
        }
        .into_any()
    } else {
        let none = (!required).then(|| view! { <option value="">"No choice"</option> }.into_any());
        let options = parameter.choices.into_iter().map(|choice| {
            let selected = choice == value;
            view! { <option value=choice.clone() selected=selected>{choice.clone()}</option> }
                .into_any()
        });
        view! {
            <select id=id.clone() name=name required=required aria-describedby=hint.clone() aria-invalid=move || invalid()>
                {none}
                {options.collect_view()}
            </select>
        }
        .into_any()
    };
    view! {
        <div class="field">
            <label for=id>
                {parameter.name}
                {(!required).then(|| view! { <span class="optional">" optional"</span> }.into_any())}
            </label>
            {control}
            <small id=hint>{parameter.description}</small>
            {move || refused.get().map(|sentence| view! { <p class="err" role="alert">{sentence}</p> }.into_any())}
        </div>
    }
}
