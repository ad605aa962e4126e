//! Wire values for tests.

use wire::{CatalogEntry, ConnectionType, Environment, EnvironmentList, Status};

/// An environment of `template` that lives for one hour.
pub(crate) fn environment(template: &str, status: Status) -> Environment {
    Environment {
        name: template.to_owned(),
        display_name: format!("The {template}"),
        description: String::new(),
        uuid: format!("{template}-1"),
        status,
        url: format!("https://{template}.example"),
        expires_at: "2026-03-02T13:00:00Z".to_owned(),
        started_at: "2026-03-02T12:00:00Z".to_owned(),
        icon: String::new(),
        category: "Learning,Linux".to_owned(),
        extend_count: 0,
        max_extends: 0,
        extend_ttl: 7200,
        is_unlimited: false,
        owner: "alice".to_owned(),
        shared: false,
        connection_type: ConnectionType::Web,
        connection_message: String::new(),
        message: String::new(),
        reason: String::new(),
        ends_soon: false,
        position: 0,
        expected_seconds: 0,
    }
}

/// A template without parameters.
pub(crate) fn entry(name: &str, category: &str) -> CatalogEntry {
    CatalogEntry {
        name: name.to_owned(),
        display_name: format!("The {name}"),
        description: "A shell in your browser.".to_owned(),
        icon: "terminal".to_owned(),
        category: category.to_owned(),
        ttl: 86_400,
        extend_ttl: 7_200,
        max_extends: 5,
        is_unlimited: false,
        connection_type: ConnectionType::Web,
        connection_message: String::new(),
        parameters: Vec::new(),
        owner_claim: String::new(),
        ready: None,
    }
}

/// The list of an owner with `environments` and a quota of `limit`.
pub(crate) fn list(environments: Vec<Environment>, limit: u32) -> EnvironmentList {
    let count = u32::try_from(environments.len()).unwrap_or(u32::MAX);
    EnvironmentList {
        environments,
        count,
        limit,
        used: count,
        now: "2026-03-02T12:00:00Z".to_owned(),
        out_of_date_since: String::new(),
    }
}
