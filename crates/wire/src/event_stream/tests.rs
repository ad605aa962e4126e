use super::*;
use crate::{ConnectionType, Environment, Status};

fn environment(status: Status) -> Environment {
    Environment {
        name: "webterm".to_owned(),
        display_name: "Web terminal".to_owned(),
        description: "A shell in your browser.".to_owned(),
        uuid: "0a1b2c3d".to_owned(),
        status,
        url: "https://webterm.example".to_owned(),
        expires_at: "2026-03-02T13:00:00Z".to_owned(),
        started_at: "2026-03-02T12:00:00Z".to_owned(),
        icon: "terminal".to_owned(),
        category: "Learning,Linux".to_owned(),
        extend_count: 1,
        max_extends: 5,
        extend_ttl: 7200,
        is_unlimited: false,
        owner: "alice".to_owned(),
        shared: true,
        connection_type: ConnectionType::Instructions,
        connection_message: "nc webterm.example 4000".to_owned(),
        message: "Grün".to_owned(),
        reason: "NotReady".to_owned(),
        ends_soon: true,
        position: 0,
        expected_seconds: 0,
    }
}

/// Postcard does not name fields: a skipped field or a guessed type could not be decoded.
#[test]
fn a_list_survives_encoding() {
    let environments: Vec<_> =
        [Status::Pending, Status::Progressing, Status::Healthy, Status::Degraded, Status::Deleting]
            .map(environment)
            .into();
    let list = EnvironmentList {
        environments,
        count: 5,
        limit: 7,
        used: 4,
        now: "2026-03-02T12:00:00Z".to_owned(),
        out_of_date_since: "2026-03-02T11:59:00Z".to_owned(),
    };
    assert_eq!(decode(&encode(&list).unwrap()), Some(list));
}

#[test]
fn other_text_is_not_decoded() {
    for text in ["", "!", "AA", "////", "{\"environments\":[]}"] {
        assert_eq!(decode(text), None, "{text}");
    }
}
