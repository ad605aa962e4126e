//! The Kubernetes API over HTTP: paths, bodies, answers.

mod answers;
mod body;
mod continuation;
mod discovery;
mod openapi;
mod path;
mod query;
mod reviews;
mod routes;

pub(crate) use routes::router;
