//! The Kubernetes API over HTTP: paths, queries, bodies and responses.

mod body;
mod continue_token;
mod discovery;
mod openapi;
mod path;
mod query;
mod responses;
mod reviews;
mod routes;

pub(crate) use routes::router;
