//! What crosses the network between the server and its clients: the bodies of `CONTRACT.md`, "REST".
//!
//! The browser compiles this crate, so it depends on serde alone. Times are RFC 3339 strings in UTC with a `Z` and whole
//! seconds; an empty string stands for "no end". Durations are whole seconds. Every field beyond the contract is additive.

mod admin;
mod catalog;
mod environment;
pub mod event_stream;
mod server;

pub use admin::{AdminInstance, AdminInstances, AdminTemplate, AdminTemplates};
pub use catalog::{CatalogEntry, Parameter};
pub use environment::{
    ConnectionType, Environment, EnvironmentList, Extended, Run, Status, UnknownStatus,
};
pub use server::{ErrorBody, Health, Me, UiConfig};
