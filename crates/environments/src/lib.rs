//! The operations of Dploy: launch, claim, extend, remove, list, status, quota, catalog, watch.
//!
//! The REST API and the server functions both call [`Environments`] with a [`Caller`], and no rule
//! is anywhere else. Each operation is a function or a small struct in the module with its name. It
//! takes the ports that it needs: `reads` (the cache first, then a live read) and `writes` (each
//! conditional on the version that it was decided on). An operation without the second port cannot
//! write. The decisions about seats are in the crate `ledger`, which is pure.

mod admin;
mod adopt;
mod allowances;
mod api;
mod audited;
mod backend;
mod cache;
mod caller;
mod catalog;
mod cluster;
mod contention;
mod extend;
mod features;
mod fence;
mod free_seat;
mod launch;
mod ledger_read;
mod list;
mod me;
mod metrics;
mod own_effect;
mod owners;
mod parameters;
mod ports;
mod queue;
mod quota;
mod refusal;
mod remove;
mod settings;
mod status;
mod views;
mod watch;

pub use adopt::{AdoptError, Adoption, adopt};
pub use api::Environments;
pub use backend::Backend;
pub use cache::StartError;
pub use caller::{Admin, Caller, Person};
pub use features::Part;
pub use refusal::{Refusal, RefusalKind};
pub use rendering::PersonalValue;
pub use settings::Settings;
pub use watch::EnvironmentStream;
