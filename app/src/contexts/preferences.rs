use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{codec::Compact, cookie, notice::Notice, theme::Theme, time::Zone};

const ZONE_COOKIE: &str = "dploy_zone";

/// What the browser's cookies say, read once by the server, so that both sides render the same.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Told {
    theme: Theme,
    zone: Option<i32>,
    notice: Option<Notice>,
}

/// How this reader wants to see things.
#[derive(Debug, Clone, Copy)]
pub struct Preferences {
    /// The colours.
    pub theme: RwSignal<Theme>,
    /// The time zone.
    pub zone: RwSignal<Zone>,
    /// What a form on the page before has left to say.
    pub notice: RwSignal<Option<Notice>>,
}

impl Preferences {
    /// Reads the cookies, on the server, and hands them to the browser with the page.
    #[must_use]
    pub fn new() -> Self {
        let told = SharedValue::<Told, Compact>::new_with_encoding(read_cookies).into_inner();
        Self {
            theme: RwSignal::new(told.theme),
            zone: RwSignal::new(Zone(told.zone)),
            notice: RwSignal::new(told.notice),
        }
    }

    /// Finds out the reader's time zone, in the browser, and remembers it for the server.
    pub fn learn_zone(&self) {
        #[expect(clippy::cast_possible_truncation, reason = "an offset is at most 840 minutes")]
        let minutes = -(js_sys::Date::new_0().get_timezone_offset() as i32);
        if self.zone.get_untracked() == Zone(Some(minutes)) {
            return;
        }
        self.zone.set(Zone(Some(minutes)));
        cookie::keep(ZONE_COOKIE, minutes);
    }

    /// Shows these colours from now on. They are remembered at once: whoever leaves the page before the server has answered gets
    /// the next one in them, too.
    pub fn choose(&self, theme: Theme) {
        self.theme.set(theme);
        cookie::keep(Theme::COOKIE, theme);
    }
}

#[cfg(feature = "ssr")]
fn read_cookies() -> Told {
    use crate::server_fns::{cookie, take_notice};
    Told {
        theme: cookie(Theme::COOKIE).and_then(|word| word.parse().ok()).unwrap_or_default(),
        zone: cookie(ZONE_COOKIE).and_then(|minutes| minutes.parse().ok()),
        notice: take_notice(),
    }
}

#[cfg(not(feature = "ssr"))]
fn read_cookies() -> Told {
    Told::default()
}
