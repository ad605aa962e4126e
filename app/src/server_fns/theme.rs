use leptos::{prelude::*, server_fn::codec::Postcard};

use super::{Changed, UiError};
use crate::theme::Theme;

/// Remembers the colours that the reader wants, in a cookie, so that the next page comes in them. Scripts have done so already.
///
/// # Errors
/// None of its own.
#[server(output = Postcard)]
pub async fn choose_theme(
    /// The colours.
    theme: Theme,
) -> Result<Changed, UiError> {
    use super::form;
    use crate::cookie;
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        form::append_cookie(&response, &cookie::lasting(Theme::COOKIE, theme));
    }
    Ok(Changed::default())
}
