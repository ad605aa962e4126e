//! The rules of Dploy: launch, claim, extend, remove, list, status, quota, catalog, watch.
//!
//! Both doors, REST and the server functions, call [`Environments`] with a [`Caller`]; nobody else decides anything. Reads
//! come from [`cache`], writes go through [`cluster`]; [`ledger`], and `decide` in the module of each request, hold the
//! decisions, which know neither of them.

mod api;
mod backend;
mod cache;
mod caller;
mod catalog;
mod cluster;
mod courtesy;
mod extend;
mod instant;
mod launch;
mod ledger;
mod list;
mod measures;
mod owners;
mod parameters;
mod refusal;
mod remove;
mod room;
mod settings;
mod views;
mod watch;

pub use api::{EnvironmentStream, Environments, StartError};
pub use backend::Backend;
pub use caller::{Admin, Caller};
pub use refusal::{Refusal, RefusalKind};
pub use settings::Settings;
