//! The pages. Each loads its data, and shows it with `parts`.

mod catalog;
mod delete;
mod environments;
mod launch;
mod not_found;
mod route;
mod sign_in_error;

pub use catalog::CatalogPage;
pub use delete::DeletePage;
pub use environments::EnvironmentsPage;
pub use launch::LaunchPage;
pub use not_found::NotFoundPage;
#[cfg(any(feature = "ssr", test))]
pub use route::PAGES;
pub use route::Page;
pub use sign_in_error::SignInErrorPage;
