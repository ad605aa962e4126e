//! The context that the server provides to every page and every server function.

use environments::{Caller, Environments};
use leptos::prelude::provide_context;

use crate::server_fns::RequestCaller;

/// Provides what pages and server functions need. Call it in the context closure of both.
pub fn provide(environments: Environments, caller: Option<Caller>) {
    provide_context(environments);
    provide_context(RequestCaller(caller));
}
