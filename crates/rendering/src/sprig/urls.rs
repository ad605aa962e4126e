//! Functions that parse and join URLs. Like Go's, they accept relative URLs.

use gtmpl_ng::Value;
use percent_encoding::percent_decode_str;

use super::{
    args::{dict, exactly, printed, text},
    function::{Entry, FuncResult},
};

pub(super) const FUNCTIONS: &[Entry] = &[("urlJoin", url_join), ("urlParse", url_parse)];

fn url_parse(args: &[Value]) -> FuncResult {
    let [url] = exactly("urlParse", args)?;
    let url = text(url)?;
    let (rest, fragment) = url.split_once('#').unwrap_or((&url, ""));
    let (scheme, rest) = scheme(rest);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let is_opaque = !scheme.is_empty() && !rest.starts_with('/') && !rest.is_empty();
    let (opaque, rest) = if is_opaque { (rest, "") } else { ("", rest) };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    let (userinfo, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let parts = [
        ("scheme", scheme.to_lowercase()),
        ("userinfo", userinfo.to_owned()),
        ("host", host.to_owned()),
        ("hostname", hostname(host).to_owned()),
        ("path", percent_decode_str(path).decode_utf8_lossy().into_owned()),
        ("query", query.to_owned()),
        ("opaque", opaque.to_owned()),
        ("fragment", percent_decode_str(fragment).decode_utf8_lossy().into_owned()),
    ];
    Ok(Value::Map(parts.into_iter().map(|(name, part)| (name.to_owned(), part.into())).collect()))
}

/// The scheme, or an empty text, and the rest of the URL.
fn scheme(url: &str) -> (&str, &str) {
    let is_scheme_char = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    match url.split_once(':') {
        Some((scheme, rest))
            if scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(is_scheme_char) =>
        {
            (scheme, rest)
        }
        _ => ("", url),
    }
}

/// The host without the port and without the brackets of an IPv6 address.
fn hostname(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    }
}

fn url_join(args: &[Value]) -> FuncResult {
    let [parts] = exactly("urlJoin", args)?;
    let parts = dict("urlJoin", parts)?;
    let part = |name: &str| parts.get(name).map(printed).unwrap_or_default();
    let with = |before: &str, part: String, after: &str| {
        if part.is_empty() { part } else { format!("{before}{part}{after}") }
    };
    let (host, path, opaque) = (part("host"), part("path"), part("opaque"));
    let place = match (opaque.is_empty(), host.is_empty()) {
        (false, _) => opaque,
        (true, true) => path,
        (true, false) => {
            let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
            format!("//{}{host}{slash}{path}", with("", part("userinfo"), "@"))
        }
    };
    let url = [
        with("", part("scheme"), ":"),
        place.replace(' ', "%20"),
        with("?", part("query"), ""),
        with("#", part("fragment"), ""),
    ];
    Ok(url.concat().into())
}
