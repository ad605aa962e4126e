//! Responses to forms that are posted without JavaScript: a redirect, and a flash message in a
//! cookie that the next page shows once.

use http::{HeaderValue, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{
    UiError,
    request::{cookie, is_form_post, referring_page},
    status::with_status,
};
use crate::{links, message::Message};

const FLASH_COOKIE: &str = "dploy_notice";

/// Where a form redirects to.
pub(super) enum Landing {
    /// The page that the form was on.
    Back,
    /// This path.
    At(String),
}

/// Finishes a mutation: a form gets a redirect and a flash message, a script gets the result.
///
/// `done` is the page and the message after a success; `failed` is the page after a failure.
pub(super) fn redirect_form<T>(
    result: Result<T, UiError>,
    done: (Landing, String),
    failed: Landing,
) -> Result<T, UiError> {
    if !is_form_post() {
        return with_status(result);
    }
    let (landing, message) = match &result {
        Ok(_) => (done.0, Message::success(done.1)),
        Err(error) => (failed, Message::failure(error.sentence.clone())),
    };
    redirect(landing, &message);
    result
}

fn redirect(landing: Landing, message: &Message) {
    let path = match landing {
        Landing::At(path) => path,
        Landing::Back => referring_page().unwrap_or_else(|| links::ENVIRONMENTS.to_owned()),
    };
    if let (Some(response), Ok(text)) =
        (use_context::<ResponseOptions>(), serde_json::to_string(message))
    {
        let value = utf8_percent_encode(&text, NON_ALPHANUMERIC);
        append_cookie(
            &response,
            &format!("{FLASH_COOKIE}={value}; Max-Age=60; Path=/; HttpOnly; SameSite=Lax"),
        );
    }
    leptos_axum::redirect(&path);
}

/// The flash message of the request. Its cookie is deleted, so that the message is shown once.
pub(crate) fn take_flash_message() -> Option<Message> {
    let value = cookie(FLASH_COOKIE)?;
    if let Some(response) = use_context::<ResponseOptions>() {
        append_cookie(
            &response,
            &format!("{FLASH_COOKIE}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"),
        );
    }
    let text = percent_decode_str(&value).decode_utf8().ok()?;
    serde_json::from_str(&text).ok()
}

/// Adds a cookie to the response.
pub(super) fn append_cookie(response: &ResponseOptions, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.append_header(header::SET_COOKIE, value);
    }
}
