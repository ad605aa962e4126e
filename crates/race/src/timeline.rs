//! The requests and the changes of the instances in the order of time, to find out what happened.

use std::{fmt::Write as _, time::Instant};

use crate::{history::Call, lives::Lives};

/// One line for each request and each change, with the seconds since the first request. Select the
/// lines of an owner or an instance with grep.
pub(crate) fn timeline(calls: &[Call], lives: &Lives) -> String {
    let Some(zero) = calls.iter().map(|call| call.start).min() else { return String::new() };
    let mut lines: Vec<(Instant, String)> = calls.iter().flat_map(lines_of).collect();
    for life in lives.all() {
        let changes = life.changes.iter();
        lines.extend(changes.map(|(at, change)| (*at, format!("       {change}"))));
    }
    lines.sort();
    lines.iter().fold(String::new(), |mut text, (at, line)| {
        let seconds = at.saturating_duration_since(zero).as_secs_f64();
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{seconds:9.3} {line}");
        text
    })
}

fn lines_of(call: &Call) -> [(Instant, String); 2] {
    let Call { owner, template, action, start, end, outcome, .. } = call;
    [
        (*start, format!("asked  {owner} {action:?} {template}")),
        (*end, format!("told   {owner} {action:?} {template}: {outcome:?}")),
    ]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        history::{Action, Outcome},
        storm::Storm,
    };

    #[test]
    fn requests_and_answers_are_in_the_order_of_time() {
        let zero = Instant::now();
        let call = |from: u64, to: u64, owner: &str| Call {
            storm: Storm::Quota,
            owner: owner.into(),
            template: "desk".into(),
            action: Action::Delete,
            start: zero + Duration::from_secs(from),
            end: zero + Duration::from_secs(to),
            outcome: Outcome::Deleted,
        };
        let expected = "    0.000 asked  ada Delete desk
    1.000 asked  eve Delete desk
    2.000 told   eve Delete desk: Deleted
    3.000 told   ada Delete desk: Deleted
";
        let calls = [call(0, 3, "ada"), call(1, 2, "eve")];
        assert_eq!(timeline(&calls, &Lives::default()), expected);
    }
}
