//! The sentences that a screen reader reads when the list of environments changes.

use wire::{Environment, EnvironmentList, Status};

/// The announcements of the changes from one list to the next.
#[must_use]
pub fn announcements(before: &EnvironmentList, after: &EnvironmentList) -> Vec<String> {
    let find = |list: &'_ EnvironmentList, uuid: &str| -> Option<Environment> {
        list.environments.iter().find(|it| it.uuid == uuid).cloned()
    };
    let gone = before
        .environments
        .iter()
        .filter(|old| find(after, &old.uuid).is_none() && !is_served(old, after))
        .map(|old| format!("{} is gone.", old.display_name));
    let changed = after.environments.iter().filter_map(|new| {
        let same = find(before, &new.uuid)
            .is_some_and(|old| (old.status, old.position) == (new.status, new.position));
        (!same).then(|| format!("{} is {}.", new.display_name, state(new)))
    });
    let warned = after.environments.iter().filter_map(|new| {
        let was_warned = find(before, &new.uuid).is_some_and(|old| old.ends_soon);
        (new.ends_soon && !was_warned).then(|| format!("{} ends soon.", new.display_name))
    });
    gone.chain(changed).chain(warned).collect()
}

/// Whether the owner of a place has got an environment.
fn is_served(place: &Environment, after: &EnvironmentList) -> bool {
    place.position > 0 && after.environments.iter().any(|it| it.name == place.name)
}

fn state(environment: &Environment) -> String {
    match environment.position {
        0 => status_word(environment.status).to_owned(),
        position => format!("waiting at place {position}"),
    }
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Pending | Status::Progressing => "starting",
        Status::Healthy => "running",
        Status::Degraded => "degraded",
        Status::Deleting => "being deleted",
    }
}
