use leptos::{prelude::*, server_fn::codec::Postcard};

use super::{Changed, UiError};
use crate::theme::Theme;

/// Remembers the colours that the reader wants, in a cookie, so that the next page comes in them.
///
/// # Errors
/// None of its own.
#[server(output = Postcard)]
pub async fn choose_theme(
    /// The colours.
    theme: Theme,
) -> Result<Changed, UiError> {
    use super::form;
    let cookie = format!("{}={theme}; Max-Age=31536000; Path=/; SameSite=Lax", Theme::COOKIE);
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        form::append_cookie(&response, &cookie);
    }
    Ok(Changed::default())
}
