//! What a request asks for, in a few words.

use std::fmt;

use http::{Method, Request};
use kube::client::Body;

use crate::plan::Call;

/// What a request asks for.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    pub(crate) method: Method,
    /// The kind, the name and the subresource.
    pub(crate) what: String,
    pub(crate) is_watch: bool,
    pub(crate) is_event: bool,
}

impl Described {
    pub(crate) fn of(request: &Request<Body>) -> Self {
        let path = request.uri().path();
        let query = request.uri().query().unwrap_or_default();
        Self {
            method: request.method().clone(),
            what: short(path),
            is_watch: query.split('&').any(|pair| pair == "watch=true" || pair == "watch=1"),
            is_event: path.contains("/events"),
        }
    }

    pub(crate) fn of_engine(verb: &str, name: &str) -> Self {
        let what = format!("engine {verb} {name}");
        Self { method: Method::POST, what, is_watch: false, is_event: false }
    }

    /// Whether a trouble for these calls meets this one.
    pub(crate) fn is(&self, call: Call) -> bool {
        let kind = |kind: &str| self.what == kind || self.what.starts_with(&format!("{kind}/"));
        let (status, is_lease) = (self.what.ends_with("/status"), kind("leases"));
        let (method, instances) = (&self.method, kind("dployinstances"));
        match call {
            Call::Read => method == Method::GET && !self.is_watch && !is_lease,
            Call::Write => method != Method::GET && !is_lease,
            Call::Seats => method == Method::PATCH && kind("dployowners") && status,
            Call::CreateOwner => method == Method::POST && kind("dployowners"),
            Call::Create => method == Method::POST && instances,
            Call::Patch => method == Method::PATCH && instances && !status,
            Call::Delete => method == Method::DELETE && instances,
            Call::Status => method != Method::GET && instances && status,
            Call::Lease => is_lease,
            Call::Namespace => method == Method::POST && kind("namespaces"),
            Call::Place => self.what.starts_with("engine place"),
            Call::Withdraw => self.what.starts_with("engine withdraw"),
        }
    }
}

/// The path without the group and the namespace of Dploy's resources.
fn short(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let rest = if parts.first() == Some(&"api") { parts.get(2..) } else { parts.get(3..) };
    let rest = rest.unwrap_or_default();
    match rest {
        ["namespaces", _, below @ ..] if !below.is_empty() => below.join("/"),
        rest => rest.join("/"),
    }
}

impl fmt::Display for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.what)
    }
}
