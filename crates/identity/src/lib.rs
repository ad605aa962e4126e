//! Identifies callers: bearer tokens, sign-in with OpenID Connect, sessions in cookies.
//!
//! [`Identity::authenticate`] reads the headers of a request and returns who sent it. A bearer
//! token takes precedence over a cookie: a valid cookie does not rescue a bad token. This crate
//! returns values and errors; it knows neither permissions nor how an error is answered.

mod authentication;
mod cookie_cipher;
mod cookies;
mod discovery;
mod error;
mod http_client;
mod keys;
mod principal;
mod provider;
mod refreshing;
mod remembered_tokens;
mod renewal;
mod return_url;
mod same_origin;
mod session;
mod settings;
mod sign_in;
mod sign_out;
mod token_verifier;

pub use authentication::{Authenticated, Identity};
pub use error::{AuthError, SetupError, SignInError};
pub use principal::Principal;
pub use return_url::ReturnUrl;
pub use same_origin::{is_from_elsewhere, same_origin};
pub use settings::{CookieSecrets, OidcSettings, Secret, Settings, is_configured_issuer};
pub use sign_in::{FailedSignIn, Redirect};
pub use sign_out::SignOut;
