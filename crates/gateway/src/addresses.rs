//! The hosts of the site and of the environments, and which of them a request is addressed to.

use std::fmt;

use axum::http::{HeaderMap, Uri, header};

/// The first label of an environment's host: `<template>-<uuid>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label(String);

impl Label {
    /// `text` in lower case, if it is a valid label of a host name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let valid = (1..=63).contains(&text.len())
            && text.bytes().all(allowed)
            && !text.starts_with('-')
            && !text.ends_with('-');
        valid.then_some(Self(text))
    }

    /// The label as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the site and the environments answer.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// The site's origin: scheme, host and port, such as `https://dploy.example.org`.
    pub site: String,
    /// Further host names of the site, in lower case, without a port.
    pub site_aliases: Vec<String>,
    /// Host and port below which each environment has a label of its own.
    pub environments: String,
}

/// What a request is addressed to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Addressed {
    /// The site.
    Site,
    /// The environment with this label.
    Environment(Label),
    /// Another name that resolves to this server.
    Unknown,
}

impl Addresses {
    /// The scheme of all hosts.
    pub(crate) fn scheme(&self) -> &str {
        self.site.split_once("://").map_or("http", |(scheme, _)| scheme)
    }

    /// Host and port of an environment.
    pub(crate) fn authority_of(&self, label: &Label) -> String {
        format!("{label}.{}", self.environments)
    }

    /// The origin of an environment.
    pub(crate) fn origin_of(&self, label: &Label) -> String {
        format!("{}://{}", self.scheme(), self.authority_of(label))
    }

    /// Reads the host of a request. A request without a host, such as a health check, is for the
    /// site: browsers always send a host.
    pub(crate) fn addressed(&self, uri: &Uri, headers: &HeaderMap) -> Addressed {
        let mut hosts = headers.get_all(header::HOST).iter().map(|host| host.to_str().ok());
        let (first, second) = (hosts.next(), hosts.next());
        match (uri.authority(), first, second) {
            (None, None, None) => Addressed::Site,
            (None, Some(Some(host)), None) => self.by_name(host),
            (Some(authority), None, None) => self.by_name(authority.as_str()),
            (Some(authority), Some(Some(host)), None)
                if host.eq_ignore_ascii_case(authority.as_str()) =>
            {
                self.by_name(host)
            }
            _ => Addressed::Unknown,
        }
    }

    fn by_name(&self, authority: &str) -> Addressed {
        let Some(name) = without_port(authority) else { return Addressed::Unknown };
        let name = name.to_ascii_lowercase();
        if self.is_site(&name) {
            return Addressed::Site;
        }
        let base = without_port(&self.environments).unwrap_or_default();
        name.strip_suffix(base)
            .and_then(|rest| rest.strip_suffix('.'))
            .and_then(Label::parse)
            .map_or(Addressed::Unknown, Addressed::Environment)
    }

    fn is_site(&self, name: &str) -> bool {
        let authority = self.site.split_once("://").map_or(self.site.as_str(), |(_, it)| it);
        without_port(authority) == Some(name) || self.site_aliases.iter().any(|it| it == name)
    }
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
