use leptos::prelude::*;
use leptos_router::{
    hooks::use_location,
    location::{BrowserUrl, LocationProvider as _, Url},
};

use super::{CatalogPage, DeletePage, EnvironmentsPage, LaunchPage, NotFoundPage, SignInErrorPage};
use crate::reactive::effect;

/// The paths that the server answers with a page, as its router writes them. It mounts the launch page itself: `/run/{env}` is
/// an endpoint too.
#[cfg(any(feature = "ssr", test))]
pub const PAGES: [&str; 4] =
    ["/", "/environments", "/environments/{template}/delete", "/auth/error"];

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
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
    Nowhere,
}

impl Place {
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
            _ => Self::Nowhere,
        }
    }
}

/// The page that the address names.
///
/// One `match` instead of the router's `Routes`, which are a twentieth of what the browser may download; navigation, links and
/// the address itself are the router's.
#[component]
pub fn Page() -> impl IntoView {
    let path = use_location().pathname;
    let place = Memo::new(move |_| path.with(|path| Place::of(path)));
    effect(move || {
        path.track();
        // The router shows the new address once its page is there.
        if let Some(browser) = use_context::<BrowserUrl>() {
            browser.ready_to_complete();
        }
    });
    view! {
        {move || match place.get() {
        Place::Catalog => view! { <CatalogPage/> }.into_any(),
        Place::Environments => view! { <EnvironmentsPage/> }.into_any(),
        Place::Delete(template) => view! { <DeletePage template/> }.into_any(),
        Place::Launch(template) => view! { <LaunchPage template/> }.into_any(),
        Place::SignInError => view! { <SignInErrorPage/> }.into_any(),
        Place::Nowhere => view! { <NotFoundPage/> }.into_any(),
    }}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_page() {
        let template = || "a b".to_owned();
        assert_eq!(Place::of("/"), Place::Catalog);
        assert_eq!(Place::of("/environments/"), Place::Environments);
        assert_eq!(Place::of("/environments/a%20b/delete"), Place::Delete(template()));
        assert_eq!(Place::of("/run/a%20b"), Place::Launch(template()));
        assert_eq!(Place::of("/auth/error"), Place::SignInError);
        for page in PAGES {
            assert_ne!(Place::of(page), Place::Nowhere, "{page}");
        }
        for nowhere in ["/run", "/run/a/b", "/environments/a", "/environments/a/delete/b", "/x"] {
            assert_eq!(Place::of(nowhere), Place::Nowhere, "{nowhere}");
        }
    }
}
