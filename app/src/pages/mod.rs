//! The pages: each fetches what it shows and leaves the showing to `parts`.

mod catalog;
mod delete;
mod environments;
mod launch;
mod not_found;
mod sign_in_error;

pub use catalog::CatalogPage;
pub use delete::DeletePage;
pub use environments::EnvironmentsPage;
pub use launch::LaunchPage;
pub use not_found::NotFoundPage;
pub use sign_in_error::SignInErrorPage;
