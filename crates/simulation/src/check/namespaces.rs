//! A deleted instance is gone only after its namespace.

use super::{Past, Violation};
use crate::record::Story;

pub(super) fn check(past: &Past<'_>) -> Vec<Violation> {
    if past.plan.drops_finalizers() {
        return Vec::new();
    }
    past.recorded.stories.values().filter_map(|story| left_behind(past, story)).collect()
}

/// A namespace that was there before the deletion of its instance, and is there when the instance
/// is gone. A namespace that a former leader creates later is a leftover.
fn left_behind(past: &Past<'_>, story: &Story) -> Option<Violation> {
    let ended = story.ended()?.at;
    let gone = story.gone()?.at;
    let mut namespaces = past.recorded.namespaces.values().filter(|it| it.instance == story.name);
    let is_left = namespaces.any(|it| it.created < ended && it.gone.is_none_or(|end| end > gone));
    let text = format!("{} is gone at {gone} ms, and its namespace is not", story.name);
    is_left.then(|| Violation::of("no namespace outlives its instance", text))
}
