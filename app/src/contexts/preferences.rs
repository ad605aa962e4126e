//! The preferences that the browser keeps in cookies, and the flash message of a form.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{cookie, message::Message, page_data::PostcardCodec, theme::Theme, time::Zone};

const ZONE_COOKIE: &str = "dploy_zone";

/// The values of the cookies. Only the server reads them, so that the browser renders the same.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct CookieValues {
    theme: Theme,
    zone: Option<i32>,
    flash_message: Option<Message>,
}

/// The user's theme and time zone, and the flash message of a form.
#[derive(Debug, Clone, Copy)]
pub struct Preferences {
    /// The colour theme.
    pub theme: RwSignal<Theme>,
    /// The time zone.
    pub zone: RwSignal<Zone>,
    /// The message of a form that was posted without JavaScript.
    pub flash_message: RwSignal<Option<Message>>,
}

impl Preferences {
    /// Reads the cookies on the server, which embeds their values in the page for the browser.
    #[must_use]
    pub fn new() -> Self {
        let values = SharedValue::<CookieValues, PostcardCodec>::new_with_encoding(read_cookies)
            .into_inner();
        Self {
            theme: RwSignal::new(values.theme),
            zone: RwSignal::new(Zone(values.zone)),
            flash_message: RwSignal::new(values.flash_message),
        }
    }

    /// Detects the time zone in the browser, and stores it in a cookie for the server.
    pub fn detect_zone(&self) {
        #[expect(clippy::cast_possible_truncation, reason = "an offset is at most 840 minutes")]
        let minutes = -(js_sys::Date::new_0().get_timezone_offset() as i32);
        if self.zone.get_untracked() == Zone(Some(minutes)) {
            return;
        }
        self.zone.set(Zone(Some(minutes)));
        cookie::store(ZONE_COOKIE, minutes);
    }

    /// Applies a theme.
    ///
    /// The cookie is set at once: the next page has the theme even if the user leaves this page
    /// before the server responds.
    pub fn choose(&self, theme: Theme) {
        self.theme.set(theme);
        cookie::store(Theme::COOKIE, theme);
    }
}

#[cfg(feature = "ssr")]
fn read_cookies() -> CookieValues {
    use crate::server_fns::{cookie, take_flash_message};
    CookieValues {
        theme: cookie(Theme::COOKIE).and_then(|word| word.parse().ok()).unwrap_or_default(),
        zone: cookie(ZONE_COOKIE).and_then(|minutes| minutes.parse().ok()),
        flash_message: take_flash_message(),
    }
}

#[cfg(not(feature = "ssr"))]
fn read_cookies() -> CookieValues {
    CookieValues::default()
}
