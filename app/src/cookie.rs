//! What the reader wants to see, as the browser keeps it for the next page.

use std::fmt::Display;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

/// A cookie for a year, as both the server and scripts write it.
pub(crate) fn lasting(name: &str, value: impl Display) -> String {
    format!("{name}={value}; Max-Age=31536000; Path=/; SameSite=Lax")
}

/// Keeps it, in the browser. One that refuses cookies forgets it with the page, and nothing else is lost.
pub(crate) fn keep(name: &str, value: impl Display) {
    if let Ok(document) = document().dyn_into::<HtmlDocument>() {
        let _ = document.set_cookie(&lasting(name, value));
    }
}
