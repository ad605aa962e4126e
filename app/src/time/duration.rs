//! Durations as text.

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A duration in its two largest units: `24 h`, `45 min`, `1 h 30 min`, `3 d`.
#[must_use]
pub fn format_duration(seconds: i64) -> String {
    let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1, "s")];
    // A duration of less than two days is shown in hours.
    let largest = units.iter().skip(usize::from(seconds < 2 * DAY || seconds % DAY != 0));
    let mut rest = seconds.max(0);
    let mut parts = Vec::new();
    for (size, unit) in largest {
        if rest >= *size {
            parts.push(format!("{} {unit}", rest / size));
            rest %= size;
        }
    }
    parts.truncate(2);
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

/// A duration as digits: `22:14:09`, or `3 d 22:14:09` for more than two days.
#[must_use]
pub fn format_clock(seconds: i64) -> String {
    let left = seconds.max(0);
    let days = if left > 2 * DAY { left / DAY } else { 0 };
    let hours = (left - days * DAY) / HOUR;
    let digits = format!("{hours:02}:{:02}:{:02}", left % HOUR / MINUTE, left % MINUTE);
    if days > 0 { format!("{days} d {digits}") } else { digits }
}
