//! What the programs share that test Dploy from outside on a real Kubernetes (`bench`, `race`): a
//! namespace, an identity provider, `dploy` processes, clients, and a watch of the instances.

mod client;
mod fixture;
mod instances;
mod issuer;
mod machine;
mod process;
mod service_account;
mod statistics;
pub mod templates;

pub use self::{
    client::{Client, Response},
    fixture::{Fixture, User},
    instances::{InstanceState, InstanceWatch, Instances},
    issuer::Issuer,
    machine::Machine,
    process::{DployProcess, ServeProcess, UnexpectedExits},
    statistics::Durations,
};
