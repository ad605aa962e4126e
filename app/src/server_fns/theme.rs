//! The server function that stores the colour theme.

use leptos::{prelude::*, server_fn::codec::Postcard};

use super::{MutationReply, UiError};
use crate::theme::Theme;

/// Stores the theme in a cookie, so that the server renders the next page in it. With JavaScript,
/// the page has set the same cookie already.
///
/// # Errors
/// Only those of the transport.
#[server(output = Postcard)]
pub async fn choose_theme(
    /// The theme.
    theme: Theme,
) -> Result<MutationReply, UiError> {
    use super::form_redirect::append_cookie;
    use crate::cookie;
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        append_cookie(&response, &cookie::for_a_year(Theme::COOKIE, theme));
    }
    Ok(MutationReply::default())
}
