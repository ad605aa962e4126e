//! The calls to the API server. The cache takes in every answer, so that a replica reads its own
//! writes.

mod call;
mod error;
mod live;
mod memory;
mod writes;

pub(crate) use self::{error::ClusterError, live::Live, writes::Writes};
