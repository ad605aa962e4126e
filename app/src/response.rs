//! The HTTP response of the page that the server renders. In the browser, these functions do
//! nothing.

/// Sets the HTTP status.
#[cfg(feature = "ssr")]
pub fn set_status(code: u16) {
    use leptos::prelude::use_context;
    if let (Some(response), Ok(status)) =
        (use_context::<leptos_axum::ResponseOptions>(), http::StatusCode::from_u16(code))
    {
        response.set_status(status);
    }
}

/// Sets the HTTP status.
#[cfg(not(feature = "ssr"))]
pub fn set_status(_code: u16) {}

/// Redirects the browser.
#[cfg(feature = "ssr")]
pub fn redirect(path: &str) {
    leptos_axum::redirect(path);
}

/// Redirects the browser.
#[cfg(not(feature = "ssr"))]
pub fn redirect(_path: &str) {}
