//! The HTML document around the app.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::{App, theme::Theme};

/// Removes `#token=` from the address bar before any other script runs. The server adds it for
/// clients of the contract (docs/contract.md, "REST"); the web app does not need it.
const REMOVE_TOKEN_SCRIPT: &str = "if(location.hash.startsWith('#token='))history.replaceState(null,'',location.pathname+location.search)";

/// The HTML document around the app.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = stored_theme();
    let data_theme = (theme != Theme::System).then(|| theme.as_str());
    let style = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=data_theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <script nonce=use_nonce()>{REMOVE_TOKEN_SCRIPT}</script>
                <Font file="inter-latin-wght-normal"/>
                <Font file="jetbrains-mono-latin-wght-normal"/>
                <link rel="stylesheet" id="leptos" href=style/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

#[component]
fn Font(file: &'static str) -> impl IntoView {
    let href = format!("/fonts/{file}.woff2");
    view! { <link rel="preload" href=href r#as="font" r#type="font/woff2" crossorigin="anonymous"/> }
}

#[cfg(feature = "ssr")]
fn stored_theme() -> Theme {
    crate::server_fns::cookie(Theme::COOKIE).and_then(|word| word.parse().ok()).unwrap_or_default()
}

#[cfg(not(feature = "ssr"))]
fn stored_theme() -> Theme {
    Theme::default()
}
