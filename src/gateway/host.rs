//! Whom a request is addressed to.

use std::fmt;

use axum::http::{HeaderMap, Uri, header};

/// The first label of an environment's host: `<template>-<uuid>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label(String);

impl Label {
    /// `text` as a label of a host name, in lower case.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let valid = (1..=63).contains(&text.len())
            && text.bytes().all(allowed)
            && !text.starts_with('-')
            && !text.ends_with('-');
        valid.then_some(Self(text))
    }

    /// The label itself.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Scheme, host and port of the site itself.
#[derive(Debug, Clone)]
pub(super) struct SiteOrigin(pub(super) String);

impl SiteOrigin {
    /// The origin of an environment.
    pub(super) fn of(&self, label: &Label) -> String {
        let (scheme, authority) = self.0.split_once("://").unwrap_or(("http", &self.0));
        format!("{scheme}://{label}.{authority}")
    }

    /// Host and port of an environment.
    pub(super) fn authority_of(&self, label: &Label) -> String {
        let authority =
            self.0.split_once("://").map_or(self.0.as_str(), |(_, authority)| authority);
        format!("{label}.{authority}")
    }
}

/// Whom a request is addressed to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Addressed {
    /// The site itself.
    Site,
    /// The environment of that label.
    Environment(Label),
    /// Neither: a name that somebody pointed at this machine.
    Nobody,
}

/// Reads the host of a request. A browser always names one; without any the request is for the site, as a health check is.
pub(super) fn addressed(uri: &Uri, headers: &HeaderMap) -> Addressed {
    let mut named = headers.get_all(header::HOST).iter().map(|host| host.to_str().ok());
    let (first, second) = (named.next(), named.next());
    match (uri.authority(), first, second) {
        (None, None, None) => Addressed::Site,
        (None, Some(Some(host)), None) => by_name(host),
        (Some(authority), None, None) => by_name(authority.as_str()),
        (Some(authority), Some(Some(host)), None)
            if host.eq_ignore_ascii_case(authority.as_str()) =>
        {
            by_name(host)
        }
        _ => Addressed::Nobody,
    }
}

fn by_name(authority: &str) -> Addressed {
    let Some(name) = without_port(authority) else { return Addressed::Nobody };
    let name = name.to_ascii_lowercase();
    if matches!(name.as_str(), "localhost" | "127.0.0.1" | "[::1]") {
        return Addressed::Site;
    }
    name.strip_suffix(".localhost")
        .and_then(Label::parse)
        .map_or(Addressed::Nobody, Addressed::Environment)
}

fn without_port(authority: &str) -> Option<&str> {
    if authority.ends_with(']') {
        return Some(authority);
    }
    match authority.rsplit_once(':') {
        Some((name, port)) => port.parse::<u16>().is_ok().then_some(name),
        None => Some(authority),
    }
}
