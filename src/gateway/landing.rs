//! Where a visitor lands after the round over the site: a path on the environment's own host, and nothing else.

use identity::ReturnUrl;

/// Below it the gateway answers itself, on the host of every environment.
pub(super) const OWN_PATHS: &str = "/.dploy/";
/// `wanted` where it is a path that stays on its host (the rule of `return_url`), else the root.
pub(super) fn path(wanted: &str) -> &str {
    let stays = stays_on_its_host(wanted) && !wanted.starts_with(OWN_PATHS);
    if stays { wanted } else { "/" }
}

/// Whether the rule of `return_url` leaves this path as it is.
pub(super) fn stays_on_its_host(path: &str) -> bool {
    ReturnUrl::new(Some(path)).as_str() == path
}

#[cfg(test)]
mod tests;
