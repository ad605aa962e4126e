//! The rules of Dploy: launch, claim, extend, remove, list, status, quota, catalog, watch.
//!
//! Both doors, REST and the server functions, call [`Environments`] with a [`Caller`]; nobody else decides anything.

mod api;
mod caller;
mod refusal;

pub use api::{Backend, EnvironmentStream, Environments, Settings, StartError};
pub use caller::{Admin, Caller};
pub use refusal::{Refusal, RefusalKind};
