//! The document around the app.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::{App, theme::Theme};

/// Takes the token out of the address bar before anything else runs; it is there for the clients that rely on it.
const DROP_TOKEN: &str = "if(location.hash.startsWith('#token='))history.replaceState(null,'',location.pathname+location.search)";

/// The document around the app.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = wanted_theme();
    let data_theme = (theme != Theme::System).then(|| theme.as_str());
    let style = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=data_theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <script nonce=use_nonce()>{DROP_TOKEN}</script>
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
fn wanted_theme() -> Theme {
    crate::server_fns::cookie(Theme::COOKIE).and_then(|word| word.parse().ok()).unwrap_or_default()
}

#[cfg(not(feature = "ssr"))]
fn wanted_theme() -> Theme {
    Theme::default()
}
