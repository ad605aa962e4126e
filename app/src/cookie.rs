//! Cookies that keep a preference.

use std::fmt::Display;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

/// A cookie for one year, in the form of `Set-Cookie` and of `document.cookie`.
pub(crate) fn for_a_year(name: &str, value: impl Display) -> String {
    format!("{name}={value}; Max-Age=31536000; Path=/; SameSite=Lax")
}

/// Stores a cookie in the browser. If the browser blocks cookies, the preference lasts until the
/// page is left.
pub(crate) fn store(name: &str, value: impl Display) {
    if let Ok(document) = document().dyn_into::<HtmlDocument>() {
        let _ = document.set_cookie(&for_a_year(name, value));
    }
}
