//! What a page says to the server that renders it; in the browser there is nobody to say it to.

/// Answers with this HTTP status.
#[cfg(feature = "ssr")]
pub fn set_status(code: u16) {
    use leptos::prelude::use_context;
    if let (Some(response), Ok(status)) =
        (use_context::<leptos_axum::ResponseOptions>(), http::StatusCode::from_u16(code))
    {
        response.set_status(status);
    }
}

/// Answers with this HTTP status.
#[cfg(not(feature = "ssr"))]
pub fn set_status(_code: u16) {}

/// Sends the browser elsewhere instead of answering.
#[cfg(feature = "ssr")]
pub fn redirect(path: &str) {
    leptos_axum::redirect(path);
}

/// Sends the browser elsewhere instead of answering.
#[cfg(not(feature = "ssr"))]
pub fn redirect(_path: &str) {}
