//! What the button on a catalog card does.

use wire::{CatalogEntry, ConnectionType, Environment, EnvironmentList, Status};

use super::Quota;

/// What the button on a catalog card does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// The user is not signed in: the button signs in.
    SignIn,
    /// Launches at once.
    Launch,
    /// Opens the parameter form.
    EnterParameters,
    /// Opens the existing environment in the browser.
    Open(Box<Environment>),
    /// Copies the command that connects to the existing environment.
    Copy(Box<Environment>),
    /// Opens the launch page of the existing environment, which is not healthy.
    Follow(Box<Environment>),
    /// Nothing: the quota is used up.
    LimitReached(Quota),
}

impl Offer {
    /// The offer of `entry`. `list` is the user's environments, if they are known.
    #[must_use]
    pub fn of(entry: &CatalogEntry, signed_in: bool, list: Option<&EnvironmentList>) -> Self {
        if !signed_in {
            return Self::SignIn;
        }
        let Some(list) = list else { return Self::launch(entry) };
        if let Some(mine) = active_environment(list, &entry.name) {
            return match (mine.status, mine.connection_type) {
                (Status::Healthy, ConnectionType::Web) => Self::Open(Box::new(mine.clone())),
                (Status::Healthy, ConnectionType::Instructions) => {
                    Self::Copy(Box::new(mine.clone()))
                }
                _ => Self::Follow(Box::new(mine.clone())),
            };
        }
        // An environment of a team counts against the team's quota, which is not in this list.
        let quota = Quota::of(list);
        if entry.owner_claim.is_empty() && quota.is_reached() {
            return Self::LimitReached(quota);
        }
        Self::launch(entry)
    }

    fn launch(entry: &CatalogEntry) -> Self {
        if entry.parameters.is_empty() { Self::Launch } else { Self::EnterParameters }
    }

    /// The existing environment.
    #[must_use]
    pub fn environment(&self) -> Option<&Environment> {
        match self {
            Self::Open(mine) | Self::Copy(mine) | Self::Follow(mine) => Some(mine),
            Self::SignIn | Self::Launch | Self::EnterParameters | Self::LimitReached(_) => None,
        }
    }
}

/// The environment of `template` in a list, unless it is being deleted.
pub fn active_environment<'a>(
    list: &'a EnvironmentList,
    template: &str,
) -> Option<&'a Environment> {
    list.environments.iter().find(|it| it.name == template && it.status != Status::Deleting)
}
