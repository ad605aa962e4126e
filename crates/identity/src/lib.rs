//! Who is calling: bearer tokens, sign-in with OpenID Connect, cookie sessions.
//!
//! [`Identity::authenticate`] reads a request's headers and says who it is from. A bearer token counts before a cookie, and a bad one
//! is never made up for by a good cookie. Nothing here knows what anybody may do.

mod bearer;
mod claims;
mod discovery;
mod error;
mod kept;
mod keys;
mod login;
mod origin;
mod provider;
mod renewal;
mod return_url;
mod seal;
mod service;
mod session;
mod settings;
mod web;

pub use claims::Principal;
pub use error::{AuthError, LoginError, SetupError};
pub use origin::same_origin;
pub use return_url::ReturnUrl;
pub use service::{Authenticated, Identity};
pub use settings::{OidcSettings, Secret, Settings};
