//! The engines: those of Kubernetes against the embedded API server and, where there is one, a real
//! cluster; `process` with real children.

#![allow(missing_docs, clippy::print_stdout, reason = "tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot set up ends it")]

mod argocd;
mod charts;
mod conformance;
mod crds;
mod flux;
mod manifests;
mod process;
mod real;
mod registry;
mod support;
