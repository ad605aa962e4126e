//! Where a visitor lands after the round over the site: a path on the environment's own host.

use identity::ReturnUrl;

/// The gateway itself answers below this path, on the host of every environment.
pub(crate) const OWN_PATHS: &str = "/.dploy/";

/// `wanted` if it is a path that stays on its host (the rule of `return_url`), else the root.
pub(crate) fn path(wanted: &str) -> &str {
    let stays = stays_on_its_host(wanted) && !wanted.starts_with(OWN_PATHS);
    if stays { wanted } else { "/" }
}

/// Whether the rule of `return_url` accepts this path unchanged.
pub(crate) fn stays_on_its_host(path: &str) -> bool {
    ReturnUrl::new(Some(path)).as_str() == path
}

#[cfg(test)]
mod tests;
