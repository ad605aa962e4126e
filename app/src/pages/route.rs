//! The routes: which path shows which page.

use leptos::prelude::*;
use leptos_router::{
    hooks::use_location,
    location::{BrowserUrl, LocationProvider as _, Url},
};

use super::{CatalogPage, DeletePage, EnvironmentsPage, LaunchPage, NotFoundPage, SignInErrorPage};
use crate::reactive::effect;

/// The paths of the pages, in the syntax of the server's router. The launch page is missing: the
/// server mounts it itself, because `/run/{env}` is an endpoint, too.
#[cfg(any(feature = "ssr", test))]
pub const PAGES: [&str; 4] =
    ["/", "/environments", "/environments/{template}/delete", "/auth/error"];

/// The page of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Route {
    /// `/`
    Catalog,
    /// `/environments`
    Environments,
    /// `/environments/<template>/delete`
    Delete(String),
    /// `/run/<template>`
    Launch(String),
    /// `/auth/error`
    SignInError,
    /// Anything else.
    Unknown,
}

impl Route {
    fn of(path: &str) -> Self {
        let mut parts = path.trim_matches('/').split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(""), None, ..) => Self::Catalog,
            (Some("environments"), None, ..) => Self::Environments,
            (Some("environments"), Some(template), Some("delete"), None) => {
                Self::Delete(Url::unescape(template))
            }
            (Some("run"), Some(template), None, _) => Self::Launch(Url::unescape(template)),
            (Some("auth"), Some("error"), None, _) => Self::SignInError,
            _ => Self::Unknown,
        }
    }
}

/// The page of the current path.
///
/// A `match` replaces the router's `Routes`, which would take a twentieth of the download limit.
/// The router still handles links, navigation and the address bar.
#[component]
pub fn Page() -> impl IntoView {
    let path = use_location().pathname;
    let route = Memo::new(move |_| path.with(|path| Route::of(path)));
    effect(move || {
        path.track();
        // The router updates the address bar once the page is rendered.
        if let Some(browser) = use_context::<BrowserUrl>() {
            browser.ready_to_complete();
        }
    });
    view! {
        {move || match route.get() {
        Route::Catalog => view! { <CatalogPage/> }.into_any(),
        Route::Environments => view! { <EnvironmentsPage/> }.into_any(),
        Route::Delete(template) => view! { <DeletePage template/> }.into_any(),
        Route::Launch(template) => view! { <LaunchPage template/> }.into_any(),
        Route::SignInError => view! { <SignInErrorPage/> }.into_any(),
        Route::Unknown => view! { <NotFoundPage/> }.into_any(),
    }}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_its_page() {
        let template = || "a b".to_owned();
        assert_eq!(Route::of("/"), Route::Catalog);
        assert_eq!(Route::of("/environments/"), Route::Environments);
        assert_eq!(Route::of("/environments/a%20b/delete"), Route::Delete(template()));
        assert_eq!(Route::of("/run/a%20b"), Route::Launch(template()));
        assert_eq!(Route::of("/auth/error"), Route::SignInError);
        for page in PAGES {
            assert_ne!(Route::of(page), Route::Unknown, "{page}");
        }
        for unknown in ["/run", "/run/a/b", "/environments/a", "/environments/a/delete/b", "/x"] {
            assert_eq!(Route::of(unknown), Route::Unknown, "{unknown}");
        }
    }
}
