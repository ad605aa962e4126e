//! The Kubernetes API over HTTP: paths, bodies, answers.

mod answers;
mod body;
mod discovery;
mod path;
mod query;
mod routes;

pub(crate) use routes::router;
