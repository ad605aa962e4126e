//! The pages: each fetches what it shows and leaves the showing to `parts`.

mod catalog;
mod delete;
mod environments;
mod launch;
mod not_found;
mod place;
mod sign_in_error;

pub use catalog::CatalogPage;
pub use delete::DeletePage;
pub use environments::EnvironmentsPage;
pub use launch::LaunchPage;
pub use not_found::NotFoundPage;
#[cfg(any(feature = "ssr", test))]
pub use place::PAGES;
pub use place::Page;
pub use sign_in_error::SignInErrorPage;
