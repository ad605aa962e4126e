const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A length of time in its largest units: `24 h`, `45 min`, `1 h 30 min`, `3 d`.
#[must_use]
pub fn words(seconds: i64) -> String {
    let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1, "s")];
    // Up to two days people count in hours.
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

/// What is left, as a clock shows it: `22:14:09`, with days in front where there are more than two.
#[must_use]
pub fn clock_face(seconds: i64) -> String {
    let left = seconds.max(0);
    let days = if left > 2 * DAY { left / DAY } else { 0 };
    let hours = (left - days * DAY) / HOUR;
    let face = format!("{hours:02}:{:02}:{:02}", left % HOUR / MINUTE, left % MINUTE);
    if days > 0 { format!("{days} d {face}") } else { face }
}
