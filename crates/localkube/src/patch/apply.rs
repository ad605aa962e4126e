//! Server-side apply: a manager says all that it wants, and owns what it says.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    managers::{self, Entry, Manager},
    paths::{self, Path, Paths},
    shape::{Shape, identity},
};
use crate::schema::ListKind;

/// What an apply came to.
#[derive(Debug)]
pub(crate) enum Applied {
    /// The object with what was wanted.
    Merged(Value),
    /// Other managers own fields that were to get other values: who, and which field.
    Conflicts(Vec<(Manager, String)>),
}

/// Applies `wanted` to `live`, or makes a new object of it.
pub(crate) fn apply(
    live: Option<&Value>,
    wanted: &Value,
    shape: Shape<'_>,
    manager: &Manager,
    force: bool,
    now: Timestamp,
) -> Applied {
    let fields = paths::of(wanted, shape);
    let nothing = Value::Null;
    let live = live.unwrap_or(&nothing);
    let mut entries = managers::read(live);
    let conflicts = conflicts(live, wanted, &fields, &entries, manager);
    if !conflicts.is_empty() && !force {
        let named = |(manager, path): (Manager, Path)| (manager, paths::printed(&path));
        return Applied::Conflicts(conflicts.into_iter().map(named).collect());
    }
    for (other, path) in conflicts {
        let entry = entries.iter_mut().find(|entry| entry.manager == other);
        entry.into_iter().for_each(|entry| {
            entry.fields.remove(&path);
        });
    }
    // First what is no longer wanted, so that what is wanted empty stays.
    let mut kept = live.clone();
    for path in given_up(&entries, manager, &fields) {
        paths::remove(&mut kept, &path);
    }
    let mut merged = merge(&kept, wanted, shape, true);
    managers::own(&mut entries, manager, fields, true, now);
    managers::write(&mut merged, &entries);
    Applied::Merged(merged)
}

/// The fields that others own and that would get another value.
fn conflicts(
    live: &Value,
    wanted: &Value,
    fields: &Paths,
    entries: &[Entry],
    manager: &Manager,
) -> Vec<(Manager, Path)> {
    let others = entries.iter().filter(|entry| entry.manager != *manager);
    others
        .flat_map(|entry| {
            entry.fields.intersection(fields).map(|path| (entry.manager.clone(), path.clone()))
        })
        .filter(|(_, path)| {
            // That an item is there is no conflict; its fields can be.
            let is_field = path.last().is_some_and(|step| step.starts_with("f:"));
            is_field && paths::get(live, path) != paths::get(wanted, path)
        })
        .collect()
}

/// What the manager owned, no longer wants, and nobody else owns; whole items before their fields.
fn given_up(entries: &[Entry], manager: &Manager, wanted: &Paths) -> Vec<Path> {
    let (own, others): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().partition(|entry| entry.manager == *manager);
    let held = |path: &Path| {
        others.iter().any(|entry| entry.fields.iter().any(|theirs| theirs.starts_with(path)))
            || wanted.iter().any(|mine| mine.starts_with(path))
    };
    own.iter().flat_map(|entry| &entry.fields).filter(|path| !held(path)).cloned().collect()
}

fn merge(live: &Value, wanted: &Value, shape: Shape<'_>, at_root: bool) -> Value {
    match (live, wanted) {
        (Value::Object(live), Value::Object(wanted)) if !shape.is_atomic_map() => {
            let mut merged = live.clone();
            for (name, value) in wanted {
                let shape = shape.field(name, at_root);
                let old = live.get(name).unwrap_or(&Value::Null);
                merged.insert(name.clone(), merge(old, value, shape, false));
            }
            Value::Object(merged)
        }
        (Value::Array(live), Value::Array(wanted)) => merge_lists(live, wanted, shape),
        _ => wanted.clone(),
    }
}

fn merge_lists(live: &[Value], wanted: &[Value], shape: Shape<'_>) -> Value {
    let kind = match shape.list(wanted) {
        ListKind::Atomic => return wanted.to_vec().into(),
        kind => kind,
    };
    let mut merged = live.to_vec();
    for item in wanted {
        let id = identity(&kind, item);
        match merged.iter_mut().find(|old| identity(&kind, old) == id) {
            Some(old) => *old = merge(old, item, shape.item(), false),
            None => merged.push(item.clone()),
        }
    }
    merged.into()
}
