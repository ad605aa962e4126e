//! Where a visitor lands after the round over the site: a path on the environment's own host, and nothing else.

/// Below it the gateway answers itself, on the host of every environment.
pub(super) const OWN_PATHS: &str = "/.dploy/";
/// Longer ones would not fit into the addresses that carry them.
const LONGEST: usize = 2048;

/// `wanted` where it is a path that stays on its host, else the root.
pub(super) fn path(wanted: &str) -> &str {
    if stays(wanted) { wanted } else { "/" }
}

fn stays(wanted: &str) -> bool {
    let lower = wanted.to_ascii_lowercase();
    wanted.len() <= LONGEST
        && wanted.starts_with('/')
        && !wanted.starts_with("//")
        && !wanted.starts_with(OWN_PATHS)
        && wanted.bytes().all(|byte| byte.is_ascii_graphic())
        && !["\\", "%5c", "%2f%2f", "%0d", "%0a", "%00"].iter().any(|part| lower.contains(part))
}

#[cfg(test)]
mod tests;
