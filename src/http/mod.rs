//! What the routes are made of: the shared state, the error type, extractors, layers, pages and
//! files.
//!
//! `crate::routes` puts them together.

pub(crate) mod age;
pub(crate) mod authentication;
mod error;
mod extract;
pub(crate) mod files;
pub(crate) mod headers;
mod listen;
pub(crate) mod monitoring;
pub(crate) mod overload;
pub(crate) mod pages;
mod personal_streams;
pub(crate) mod request_id;
pub(crate) mod sign_in;
mod state;

pub(crate) use error::ApiError;
pub(crate) use extract::{Path, Query, SameOriginCaller, SignedIn, VerifiedPrincipal};
pub(crate) use listen::{ListenError, MaxConnections, bind, serve, serve_and_finish};
pub(crate) use state::AppState;
