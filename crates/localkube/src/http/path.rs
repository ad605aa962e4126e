//! Parses URL paths.

/// A parsed path of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Path {
    /// `/api`
    Legacy,
    /// `/apis`
    Groups,
    /// `/apis/GROUP`
    Group(String),
    /// `/api/VERSION` and `/apis/GROUP/VERSION`
    Version(String, String),
    /// A path below a version.
    Resource(ResourcePath),
    /// `/version`
    ServerVersion,
    /// `/healthz`, `/livez` and `/readyz`
    Health,
    /// `/openapi/…`
    OpenApi(Vec<String>),
}

/// The path of a collection, an object or a subresource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ResourcePath {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) namespace: String,
    pub(super) plural: String,
    pub(super) name: String,
    pub(super) subresource: String,
}

impl Path {
    /// Parses a path; `None` when the API has no such path.
    pub(super) fn read(path: &str) -> Option<Self> {
        let parts: Vec<String> =
            path.split('/').filter(|part| !part.is_empty()).map(decoded).collect::<Option<_>>()?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["api"] => Some(Self::Legacy),
            ["api", version] => Some(Self::Version(String::new(), (*version).to_owned())),
            ["api", version, rest @ ..] => resource("", version, rest),
            ["apis"] => Some(Self::Groups),
            ["apis", group] => Some(Self::Group((*group).to_owned())),
            ["apis", group, version] => {
                Some(Self::Version((*group).to_owned(), (*version).to_owned()))
            }
            ["apis", group, version, rest @ ..] => resource(group, version, rest),
            ["version"] => Some(Self::ServerVersion),
            ["healthz" | "readyz" | "livez", ..] => Some(Self::Health),
            ["openapi", rest @ ..] => {
                Some(Self::OpenApi(rest.iter().map(|p| (*p).to_owned()).collect()))
            }
            _ => None,
        }
    }
}

fn resource(group: &str, version: &str, rest: &[&str]) -> Option<Path> {
    let (namespace, plural, name, subresource) = match rest {
        // These are subresources of the namespace, not collections in it.
        ["namespaces", name, sub @ ("status" | "finalize")] if group.is_empty() => {
            ("", "namespaces", *name, *sub)
        }
        ["namespaces", namespace, plural] => (*namespace, *plural, "", ""),
        ["namespaces", namespace, plural, name] => (*namespace, *plural, *name, ""),
        ["namespaces", namespace, plural, name, sub] => (*namespace, *plural, *name, *sub),
        [plural] => ("", *plural, "", ""),
        [plural, name] => ("", *plural, *name, ""),
        [plural, name, sub] => ("", *plural, *name, *sub),
        _ => return None,
    };
    Some(Path::Resource(ResourcePath {
        group: group.to_owned(),
        version: version.to_owned(),
        namespace: namespace.to_owned(),
        plural: plural.to_owned(),
        name: name.to_owned(),
        subresource: subresource.to_owned(),
    }))
}

/// Decodes percent-encoding; `None` when it is invalid.
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = tail.get(2..)?;
    }
    String::from_utf8(bytes).ok()
}
