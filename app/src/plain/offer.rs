use wire::{CatalogEntry, ConnectionType, Environment, EnvironmentList, Status};

use super::Quota;

/// What the button on a catalog card does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// Nobody is signed in.
    SignIn,
    /// Launches at once.
    Launch,
    /// Asks for parameters first.
    Ask,
    /// There is one already that can be opened in the browser.
    Open(Box<Environment>),
    /// There is one already that is reached by a command.
    Copy(Box<Environment>),
    /// There is one already that is not ready.
    Follow(Box<Environment>),
    /// No more may be launched.
    LimitReached(Quota),
}

impl Offer {
    /// What `entry` offers; `list` is what the reader owns, where that is known.
    #[must_use]
    pub fn of(entry: &CatalogEntry, signed_in: bool, list: Option<&EnvironmentList>) -> Self {
        if !signed_in {
            return Self::SignIn;
        }
        let Some(list) = list else { return Self::launch(entry) };
        if let Some(mine) = living(list, &entry.name) {
            return match (mine.status, mine.connection_type) {
                (Status::Healthy, ConnectionType::Web) => Self::Open(Box::new(mine.clone())),
                (Status::Healthy, ConnectionType::Instructions) => {
                    Self::Copy(Box::new(mine.clone()))
                }
                _ => Self::Follow(Box::new(mine.clone())),
            };
        }
        // What a team owns counts against the team's limit, which this list does not tell.
        let quota = Quota::of(list);
        if entry.owner_claim.is_empty() && quota.is_reached() {
            return Self::LimitReached(quota);
        }
        Self::launch(entry)
    }

    fn launch(entry: &CatalogEntry) -> Self {
        if entry.parameters.is_empty() { Self::Launch } else { Self::Ask }
    }

    /// The environment that exists already.
    #[must_use]
    pub fn environment(&self) -> Option<&Environment> {
        match self {
            Self::Open(mine) | Self::Copy(mine) | Self::Follow(mine) => Some(mine),
            Self::SignIn | Self::Launch | Self::Ask | Self::LimitReached(_) => None,
        }
    }
}

/// The environment of `template` in a list, unless it is on its way out.
pub fn living<'a>(list: &'a EnvironmentList, template: &str) -> Option<&'a Environment> {
    list.environments.iter().find(|it| it.name == template && it.status != Status::Deleting)
}
