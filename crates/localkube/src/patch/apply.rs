//! Server-side apply: a manager sends all fields that it wants to own.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    managers::{self, Entry, Manager},
    paths::{self, Path, Paths},
    shape::{Shape, identity},
};
use crate::schema::ListKind;

/// The result of an apply.
#[derive(Debug)]
pub(crate) enum Applied {
    /// The merged object.
    Merged(Value),
    /// The fields that would change but belong to other managers, each with its manager.
    Conflicts(Vec<(Manager, String)>),
}

/// Applies `wanted` to `live`, or to nothing if the object is new. `force` takes over the fields
/// of other managers.
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
    // Removal comes first: it would also remove maps that `wanted` sets to empty.
    let mut remaining = live.clone();
    for path in abandoned_fields(&entries, manager, &fields) {
        paths::remove(&mut remaining, &path);
    }
    let mut merged = merge(&remaining, wanted, shape, true);
    managers::assign(&mut entries, manager, fields, true, now);
    managers::write(&mut merged, &entries);
    Applied::Merged(merged)
}

/// The fields of other managers that `wanted` would change.
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
            // Only fields conflict; the presence of a list item does not.
            let is_field = path.last().is_some_and(|step| step.starts_with("f:"));
            is_field && paths::get(live, path) != paths::get(wanted, path)
        })
        .collect()
}

/// The fields that the manager owned, no longer wants, and that no other manager owns. List items
/// come before their fields.
fn abandoned_fields(entries: &[Entry], manager: &Manager, wanted: &Paths) -> Vec<Path> {
    let (own, others): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().partition(|entry| entry.manager == *manager);
    let is_in_use = |path: &Path| {
        others.iter().any(|entry| entry.fields.iter().any(|owned| owned.starts_with(path)))
            || wanted.iter().any(|wanted| wanted.starts_with(path))
    };
    own.iter().flat_map(|entry| &entry.fields).filter(|path| !is_in_use(path)).cloned().collect()
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
    let kind = match shape.list_kind(wanted) {
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
