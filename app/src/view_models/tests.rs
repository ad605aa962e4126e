use wire::{ConnectionType, Parameter, Status};

use super::*;
use crate::samples::{entry, environment, list};
use crate::server_fns::{MutationReply, UiError, UiErrorKind};

#[test]
fn the_offer_follows_the_session_and_the_quota() {
    let simple = entry("webterm", "Learning,Linux");
    let mut with_parameters = simple.clone();
    with_parameters.parameters.push(Parameter {
        name: "size".to_owned(),
        description: String::new(),
        required: true,
        default: String::new(),
        choices: Vec::new(),
        pattern: String::new(),
    });
    let nothing = list(Vec::new(), 2);
    assert_eq!(Offer::of(&simple, false, None), Offer::SignIn);
    assert_eq!(Offer::of(&simple, true, Some(&nothing)), Offer::Launch);
    assert_eq!(Offer::of(&with_parameters, true, Some(&nothing)), Offer::EnterParameters);

    let full = list(vec![environment("a", Status::Healthy), environment("b", Status::Healthy)], 2);
    assert!(matches!(Offer::of(&simple, true, Some(&full)), Offer::LimitReached(_)));
    let mut teams = simple.clone();
    teams.owner_claim = "team".to_owned();
    assert_eq!(Offer::of(&teams, true, Some(&full)), Offer::Launch);
}

#[test]
fn the_offer_follows_the_status_of_an_existing_environment() {
    let template = entry("webterm", "");
    let offer = |status, connection| {
        let mut mine = environment("webterm", status);
        mine.connection_type = connection;
        Offer::of(&template, true, Some(&list(vec![mine], 5)))
    };
    assert!(matches!(offer(Status::Healthy, ConnectionType::Web), Offer::Open(_)));
    assert!(matches!(offer(Status::Healthy, ConnectionType::Instructions), Offer::Copy(_)));
    assert!(matches!(offer(Status::Progressing, ConnectionType::Web), Offer::Follow(_)));
    assert_eq!(offer(Status::Deleting, ConnectionType::Web), Offer::Launch);
}

#[test]
fn an_extension_shows_how_many_are_used() {
    let extension = |count, max| {
        let mut it = environment("webterm", Status::Healthy);
        (it.extend_count, it.max_extends) = (count, max);
        Extension::of(&it)
    };
    let offered = |note: &str| Extension::Offered { by: "2 h".to_owned(), note: note.to_owned() };
    assert_eq!(extension(0, 0), offered(""));
    assert_eq!(extension(1, 5), offered("1 of 5 used"));
    assert_eq!(extension(4, 5), offered("last one"));
    assert_eq!(extension(5, 5), Extension::UsedUp { times: 5 });

    let mut endless = environment("webterm", Status::Healthy);
    endless.is_unlimited = true;
    assert_eq!(Extension::of(&endless), Extension::Unlimited);
}

#[test]
fn an_entry_must_contain_every_search_word() {
    let template = entry("webterm", "Learning,Linux");
    let matches = |query: &str, category: &str| {
        CatalogFilter { query: query.to_owned(), category: category.to_owned() }.matches(&template)
    };
    assert!(matches("", ""));
    assert!(matches("  SHELL linux ", ""));
    assert!(matches("webterm", "learning"));
    assert!(!matches("shell windows", ""));
    assert!(!matches("", "Data"));
}

#[test]
fn categories_are_distinct_and_sorted() {
    let catalog =
        [entry("a", "Teams,Shared"), entry("b", "Data"), entry("c", " data ,SQL"), entry("d", "")];
    assert_eq!(categories(&catalog), ["Data", "Teams"]);
    assert_eq!(split_category("Data , SQL"), ("Data", "SQL"));
    assert_eq!(category_label("data,SQL"), "Data · SQL");
    assert_eq!(category_label("tools"), "Tools");
    assert_eq!(category_label(""), "");
    assert_eq!(hue("Data"), hue(" data"));
}

#[test]
fn a_tile_shows_an_icon_a_picture_an_emoji_or_an_initial() {
    assert_eq!(Glyph::of("terminal", "x"), Glyph::Icon("terminal"));
    assert_eq!(Glyph::of("🧪", "x"), Glyph::Text("🧪".to_owned()));
    assert_eq!(
        Glyph::of("https://x.example/i.png", "x"),
        Glyph::Picture("https://x.example/i.png".to_owned())
    );
    assert_eq!(Glyph::of("no-such-icon", "web terminal"), Glyph::Text("W".to_owned()));
    assert_eq!(Glyph::of("", "übung"), Glyph::Text("Ü".to_owned()));
}

#[test]
fn every_icon_that_a_template_may_name_is_in_the_sprite() {
    let sprite = include_str!("../../../public/icons.svg");
    for name in include_str!("glyphs.txt").lines() {
        assert!(sprite.contains(&format!("<symbol id=\"{name}\"")), "{name} is missing");
    }
}

#[test]
fn only_changes_are_announced() {
    let before =
        list(vec![environment("a", Status::Progressing), environment("b", Status::Healthy)], 5);
    let after = list(vec![environment("a", Status::Healthy)], 5);
    assert_eq!(announcements(&before, &after), ["The b is gone.", "The a is running."]);
    assert!(announcements(&after, &after).is_empty());
}

#[test]
fn a_warning_is_announced_once() {
    let before = list(vec![environment("a", Status::Healthy)], 5);
    let mut after = before.clone();
    after.environments[0].ends_soon = true;
    assert_eq!(announcements(&before, &after), ["The a ends soon."]);
    assert!(announcements(&after, &after).is_empty());
}

#[test]
fn only_a_small_quota_is_drawn_as_seats() {
    assert_eq!(Quota { used: 1, limit: 3 }.seats(), [true, false, false]);
    assert!(Quota { used: 1, limit: 50 }.seats().is_empty());
    assert!(Quota { used: 3, limit: 3 }.is_reached());
    assert_eq!(Quota { used: 3, limit: 5 }.text(), "3 of 5 in use");
}

#[test]
fn a_lifetime_includes_the_extensions() {
    let text = |ttl, by, times| {
        let mut it = entry("webterm", "");
        (it.ttl, it.extend_ttl, it.max_extends, it.is_unlimited) = (ttl, by, times, ttl < 0);
        lifetime(&it)
    };
    assert_eq!(text(86_400, 7_200, 5), "24 h, +2 h × 5");
    assert_eq!(text(28_800, 14_400, 0), "8 h, +4 h");
    assert_eq!(text(2_700, 0, 0), "45 min");
    assert_eq!(text(-1, 7_200, 5), "no time limit");
}

#[test]
fn a_launch_goes_through_its_stages() {
    let run = environment("webterm", Status::Progressing);
    let accepted = MutationReply { expires_at: run.expires_at.clone() };
    let refused = UiError::new(UiErrorKind::Forbidden, "No.");
    assert_eq!(Stage::of(None, false, false, None), Stage::NotLaunched);
    assert_eq!(Stage::of(None, false, true, None), Stage::Reserving);
    assert_eq!(Stage::of(None, false, false, Some(Ok(accepted.clone()))), Stage::Reserving);
    assert_eq!(Stage::of(None, false, false, Some(Err(refused.clone()))), Stage::Refused(refused));
    assert_eq!(Stage::of(Some(run), false, false, Some(Ok(accepted.clone()))).steps_done(), 2);
    let running = environment("webterm", Status::Healthy);
    assert_eq!(Stage::of(Some(running), true, false, None).steps_done(), 3);
    assert_eq!(Stage::of(None, true, false, Some(Ok(accepted))), Stage::Gone);
}

#[test]
fn a_failed_sign_in_has_its_status_and_shows_no_text_of_the_address() {
    for (word, status) in [
        ("not-set-up", 404),
        ("refused", 400),
        ("no-session", 400),
        ("mismatch", 400),
        ("provider", 502),
        ("verification", 502),
    ] {
        assert_eq!(SignInFailure::parse(word).map(SignInFailure::status), Some(status), "{word}");
    }
    assert_eq!(SignInFailure::parse("Call 555-1234 to sign in"), None);
}

#[test]
fn who_waits_sees_the_place_and_the_expected_time() {
    let text = |position, expected_seconds| {
        let mut it = environment("webterm", Status::Pending);
        (it.position, it.expected_seconds) = (position, expected_seconds);
        waiting(&it)
    };
    assert_eq!(text(0, 40), None);
    let table = [
        (0, "Waiting: place 3"),
        (40, "Waiting: place 3, less than a minute"),
        (60, "Waiting: place 3, about 1 minute"),
        (200, "Waiting: place 3, about 4 minutes"),
        (7_000, "Waiting: place 3, about 2 hours"),
    ];
    for (seconds, expected) in table {
        assert_eq!(text(3, seconds).as_deref(), Some(expected));
    }
}

#[test]
fn a_place_is_a_stage_of_its_own_and_its_service_is_not_an_end() {
    let mut place = environment("webterm", Status::Pending);
    (place.position, place.url) = (2, String::new());
    let stage = Stage::of(Some(place.clone()), true, false, None);
    assert_eq!((stage.steps_done(), stage), (2, Stage::Waiting(Box::new(place.clone()))));

    let before = list(vec![place.clone()], 5);
    place.position = 1;
    let moved = list(vec![place], 5);
    assert_eq!(announcements(&before, &moved), ["The webterm is waiting at place 1."]);
    let mut member = environment("webterm", Status::Healthy);
    member.uuid = "webterm-2".to_owned();
    assert_eq!(announcements(&moved, &list(vec![member], 5)), ["The webterm is running."]);
}
