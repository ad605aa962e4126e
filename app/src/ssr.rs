//! What the server puts into the context of every page and every server function.

use environments::{Caller, Environments};
use leptos::prelude::provide_context;
use wire::UiConfig;

use crate::contexts::Visitor;

/// Provides what pages and server functions need; call it in the context closure of both.
pub fn provide(environments: Environments, caller: Option<Caller>, config: UiConfig) {
    provide_context(environments);
    provide_context(Visitor(caller));
    provide_context(config);
}
