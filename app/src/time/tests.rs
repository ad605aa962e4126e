use super::{countdown::Urgency, *};

const NOON: &str = "2026-03-02T12:00:00Z"; // a Monday

fn at(text: &str) -> Moment {
    Moment::parse(text).expect("a readable time")
}

fn environment(started_at: &str, expires_at: &str) -> wire::Environment {
    crate::samples::environment("webterm", wire::Status::Healthy)
        .tap(|it| (it.started_at, it.expires_at) = (started_at.to_owned(), expires_at.to_owned()))
}

trait Tap: Sized {
    fn tap(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}
impl Tap for wire::Environment {}

#[test]
fn a_duration_has_its_largest_units() {
    for (seconds, text) in [
        (0, "0 s"),
        (45, "45 s"),
        (45 * 60, "45 min"),
        (90 * 60, "1 h 30 min"),
        (7_200, "2 h"),
        (86_400, "24 h"),
        (172_800, "2 d"),
        (180_000, "50 h"),
        (-5, "0 s"),
    ] {
        assert_eq!(format_duration(seconds), text, "{seconds} s");
    }
}

#[test]
fn the_time_left_is_shown_as_digits() {
    assert_eq!(format_clock(80_049), "22:14:09");
    assert_eq!(format_clock(451), "00:07:31");
    assert_eq!(format_clock(-3), "00:00:00");
    assert_eq!(format_clock(172_800), "48:00:00");
    assert_eq!(format_clock(3 * 86_400 + 3_661), "3 d 01:01:01");
}

#[test]
fn a_deadline_is_relative_to_the_users_day() {
    let cases = [
        (Some(60), "2026-03-02T15:00:00Z", "16:00"),
        (Some(60), "2026-03-03T15:00:00Z", "16:00 tomorrow"),
        (Some(60), "2026-03-02T23:30:00Z", "00:30 tomorrow"),
        (Some(-480), "2026-03-03T05:30:00Z", "21:30"),
        (Some(0), "2026-03-06T09:05:00Z", "09:05 on Friday"),
        (Some(0), "2026-03-20T09:05:00Z", "09:05 on 20 March"),
        (None, "2026-03-03T15:00:00Z", "15:00 UTC tomorrow"),
    ];
    for (minutes, end, text) in cases {
        assert_eq!(Zone(minutes).until(at(end), at(NOON)), text);
    }
}

#[test]
fn a_countdown_is_computed_from_the_deadline() {
    let of = environment(NOON, "2026-03-02T13:00:00Z");
    let countdown = Countdown::of(&of).expect("a deadline");
    assert_eq!(countdown.digits(at(NOON)), "01:00:00");
    assert_eq!(countdown.digits(at("2026-03-02T12:52:29Z")), "00:07:31");
    assert_eq!(countdown.left(at("2026-03-02T18:00:00Z")), 0);
}

#[test]
fn urgency_rises_at_a_fifth_and_in_the_last_five_minutes() {
    let countdown = Countdown::of(&environment(NOON, "2026-03-02T13:00:00Z")).expect("a deadline");
    for (now, urgency, per_cent) in [
        ("2026-03-02T12:00:00Z", Urgency::Long, 100),
        ("2026-03-02T12:30:00Z", Urgency::Long, 50),
        ("2026-03-02T12:48:00Z", Urgency::Soon, 20),
        ("2026-03-02T12:55:00Z", Urgency::Last, 8),
        ("2026-03-02T14:00:00Z", Urgency::Last, 0),
    ] {
        assert_eq!(countdown.urgency(at(now)), urgency, "{now}");
        assert_eq!(countdown.per_cent(at(now)), per_cent, "{now}");
    }
}

#[test]
fn a_warning_raises_the_urgency_at_once() {
    let of = environment(NOON, "2026-03-02T13:00:00Z").tap(|it| it.ends_soon = true);
    assert_eq!(Countdown::of(&of).map(|it| it.urgency(at(NOON))), Some(Urgency::Soon));
}

#[test]
fn an_environment_without_a_deadline_has_no_countdown() {
    assert_eq!(Countdown::of(&environment(NOON, "")), None);
}

#[test]
fn the_largest_bound_is_the_estimate() {
    // The browser is ten seconds behind; the first answer took 900 ms, the second 20 ms.
    let skew = Skew::default().learn(Moment(1_000), 990_900).learn(Moment(1_005), 995_020);
    assert_eq!(skew.server_time(1_000_100), Moment(1_010));
    assert_eq!(Skew::default().server_time(-1), Moment(-1));
}

#[test]
fn a_stale_estimate_is_replaced() {
    let skew = Skew::default().learn(Moment(1_000), 900_000).marked_stale();
    assert_eq!(skew.server_time(900_000), Moment(1_000));
    assert_eq!(skew.learn(Moment(1_010), 1_010_000).server_time(1_011_000), Moment(1_011));
}
