//! The JSON bodies of the REST API (docs/contract.md, "Bodies"), and the compact form of the event
//! stream.
//!
//! The browser compiles this crate, so it depends on serializers only. Times are RFC 3339 in UTC
//! with a `Z` and whole seconds; an empty string means "no deadline". Durations are whole seconds.
//! Fields that the contract does not name are additive.

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
