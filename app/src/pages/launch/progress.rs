//! The progress of a launch: the form, the steps, or the environment.

use std::collections::BTreeMap;

use leptos::prelude::*;
use wire::{CatalogEntry, ConnectionType, Environment};

use crate::{
    form_actions::FormAction,
    links,
    parts::{CopyButton, LaunchSteps, ParameterForm},
    reactive::effect,
    view_models::{Stage, waiting},
};

/// Makes a browser without JavaScript reload the page every two seconds.
const REFRESH_TAG: &str = r#"<meta http-equiv="refresh" content="2">"#;

/// Shows the stage: the form, the steps, or the environment.
#[component]
pub(super) fn Progress(
    entry: CatalogEntry,
    given: BTreeMap<String, String>,
    stage: Memo<Stage>,
    launch: FormAction,
) -> impl IntoView {
    let entry = StoredValue::new(entry);
    let values = StoredValue::new(given);
    effect(move || {
        if let Some(form) = launch.input().get() {
            values.set_value(form.parameters());
        }
    });
    // The form keeps its values when the launch is refused.
    let form = move || {
        let given = values.get_value();
        view! { <ParameterForm entry=entry.get_value() action=launch given/> }
    };
    view! {
        {move || match stage.get() {
        Stage::NotLaunched | Stage::Refused(_) => form().into_any(),
        Stage::Reserving => view! { <LaunchSteps stage/> }.into_any(),
        Stage::Waiting(mine) => view! {
            <LaunchSteps stage/>
            <Queued environment=*mine/>
        }
        .into_any(),
        Stage::Starting(_) => view! {
            <LaunchSteps stage/>
            <noscript inner_html=REFRESH_TAG></noscript>
            <p class="hint">
                "You can leave this page. The environment keeps starting and is listed under "
                <a href=links::ENVIRONMENTS>"My environments"</a> "."
            </p>
        }
        .into_any(),
        Stage::Running(mine) => view! {
            <LaunchSteps stage/>
            <Running environment=*mine/>
        }
        .into_any(),
        Stage::Degraded(mine) => view! {
            <LaunchSteps stage/>
            <Degraded environment=*mine/>
        }
        .into_any(),
        Stage::Gone => view! {
            <p class="note bad" role="alert">"The environment was deleted, or its time is up."</p>
            {form()}
        }
        .into_any(),
    }}
    }
}

#[component]
fn Queued(environment: Environment) -> impl IntoView {
    view! {
        <noscript inner_html=REFRESH_TAG></noscript>
        <p class="note" role="status" data-testid="waiting">
            <b class="num">{waiting(&environment)}</b>
        </p>
        <p class="hint">
            "No environment of this template is free yet. You can leave this page: you keep your place. To give it up, delete it under "
            <a href=links::ENVIRONMENTS>"My environments"</a> "."
        </p>
    }
}

#[component]
fn Running(environment: Environment) -> impl IntoView {
    match environment.connection_type {
        ConnectionType::Web => {
            let redirect =
                format!(r#"<meta http-equiv="refresh" content="0;url={}">"#, escape_attribute(&environment.url));
            view! {
                <noscript inner_html=redirect></noscript>
                <p class="foot">
                    <a class="btn solid" href=environment.url rel="external">"Open"</a>
                </p>
            }
            .into_any()
        }
        ConnectionType::Instructions => view! {
            <p>"The environment is running. Connect with this command:"</p>
            <p class="command mono">{environment.connection_message.clone()}</p>
            <p class="foot">
                <a class="btn quiet" href=links::ENVIRONMENTS>"My environments"</a>
                <CopyButton text=environment.connection_message label="Copy command" class="btn solid"/>
            </p>
        }
        .into_any(),
    }
}

#[component]
fn Degraded(environment: Environment) -> impl IntoView {
    let what = if environment.message.is_empty() {
        "The environment does not start.".to_owned()
    } else {
        environment.message
    };
    view! {
        <p class="why" role="alert">
            <b>{what}</b>
            " Dploy keeps trying. This page continues when the environment is healthy. You can also delete it and launch a new one."
        </p>
        <p class="foot">
            <a class="btn quiet" href=links::ENVIRONMENTS>"My environments"</a>
        </p>
    }
}

/// Escapes a text for a quoted HTML attribute.
fn escape_attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}
