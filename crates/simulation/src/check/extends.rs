//! An extension is counted exactly once if it was acknowledged, and at most once otherwise.

use super::{Past, Violation, acts_for, matching::without_partner};
use crate::{
    history::{Answer, Asked},
    plan::Ask,
    record::{Moment, Story},
};

/// A version of an instance with one extension more than the version before.
struct Extension<'a> {
    story: &'a Story,
    at: u64,
    owner: &'a str,
    count: i64,
    deadline: u64,
}

pub(super) fn check(past: &Past<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut extensions = Vec::new();
    for story in past.recorded.stories.values() {
        for pair in story.moments.windows(2) {
            let [before, after] = pair else { continue };
            let starts =
                before.owner.is_empty() || before.is_place || is_assigned_again(past, story, after);
            if starts || before.deadline == after.deadline {
                continue;
            }
            let moved = after.deadline.unwrap_or(0).saturating_sub(before.deadline.unwrap_or(0));
            if after.extends != before.extends + 1 || Some(moved) != past.recorded.extension(story)
            {
                let text = format!("{} moved by {moved} ms, {before:?} to {after:?}", story.name);
                violations.push(Violation::of("extends move the deadline once", text));
            }
            extensions.push(Extension {
                story,
                at: after.at,
                owner: &after.owner,
                count: after.extends,
                deadline: after.deadline.unwrap_or(0),
            });
        }
    }
    violations.extend(counted_once(past, &extensions));
    violations
}

/// Whether the member was given to the owner of a place, and no seat named it yet. Its time begins
/// anew when it is given once more.
fn is_assigned_again(past: &Past<'_>, story: &Story, after: &Moment) -> bool {
    story.queued_as.is_some()
        && past.recorded.seated_at(story).is_none_or(|seated| after.at < seated)
}

fn counted_once(past: &Past<'_>, extensions: &[Extension<'_>]) -> Vec<Violation> {
    let asked = past.asked.iter().enumerate();
    let extends: Vec<(usize, &Asked)> =
        asked.filter(|(_, asked)| asked.request.ask == Ask::Extend).collect();
    let fit = |asked: &Asked, extension: &Extension<'_>| {
        let is_it = asked.request.template == extension.story.template
            && acts_for(asked.request.who, extension.owner)
            && (asked.sent..=asked.end()).contains(&extension.at);
        is_it
            && match asked.answered() {
                Some(Answer::Extended { count, deadline }) => {
                    (*count, *deadline) == (extension.count, extension.deadline)
                }
                _ => asked.is_unknown(),
            }
    };
    let acknowledged: Vec<(usize, &Asked)> = extends
        .iter()
        .copied()
        .filter(|(_, asked)| matches!(asked.answered(), Some(Answer::Extended { .. })))
        .collect();
    let lost = without_partner(acknowledged.len(), extensions.len(), |asked, extension| {
        fit(acknowledged[asked].1, &extensions[extension])
    });
    let lost = lost.into_iter().map(|it| {
        let text = format!("#{} was acknowledged and is not counted", acknowledged[it].0);
        Violation::of("extends count exactly once", text)
    });
    let extra = without_partner(extensions.len(), extends.len(), |extension, asked| {
        fit(extends[asked].1, &extensions[extension])
    });
    let extra = extra.into_iter().map(|it| {
        let Extension { story, at, count, .. } = &extensions[it];
        let text = format!("nobody asked for extension {count} of {} at {at} ms", story.name);
        Violation::of("extends count exactly once", text)
    });
    lost.chain(extra).collect()
}
