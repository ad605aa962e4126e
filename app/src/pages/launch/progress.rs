use std::collections::BTreeMap;

use leptos::prelude::*;
use wire::{CatalogEntry, ConnectionType, Environment};

use crate::{
    actions::Change,
    links,
    parts::{CopyButton, LaunchSteps, ParameterForm},
    plain::Stage,
    reactive::effect,
};

/// Asks a browser without JavaScript to look again.
const LOOK_AGAIN: &str = r#"<meta http-equiv="refresh" content="2">"#;

/// What the stage calls for: the form, the steps, or the way on.
#[component]
pub(super) fn Progress(
    entry: CatalogEntry,
    given: BTreeMap<String, String>,
    stage: Memo<Stage>,
    launch: Change,
) -> impl IntoView {
    let entry = StoredValue::new(entry);
    let typed = StoredValue::new(given);
    effect(move || {
        if let Some(form) = launch.input().get() {
            typed.set_value(form.parameters());
        }
    });
    // What was typed is still there when the launch is refused.
    let ask = move || {
        let given = typed.get_value();
        view! { <ParameterForm entry=entry.get_value() action=launch given/> }
    };
    view! {
        {move || match stage.get() {
        Stage::Asking | Stage::Refused(_) => ask().into_any(),
        Stage::Reserving => view! { <LaunchSteps stage/> }.into_any(),
        Stage::Starting(_) => view! {
            <LaunchSteps stage/>
            <noscript inner_html=LOOK_AGAIN></noscript>
            <p class="hint">
                "You can leave this page: it goes on, and shows up under "
                <a href=links::ENVIRONMENTS>"My environments"</a> "."
            </p>
        }
        .into_any(),
        Stage::Running(mine) => view! {
            <LaunchSteps stage/>
            <Arrived mine=*mine/>
        }
        .into_any(),
        Stage::Troubled(mine) => view! {
            <LaunchSteps stage/>
            <Troubled mine=*mine/>
        }
        .into_any(),
        Stage::Gone => view! {
            <p class="note bad" role="alert">"It was deleted, or its time is up."</p>
            {ask()}
        }
        .into_any(),
    }}
    }
}

#[component]
fn Arrived(mine: Environment) -> impl IntoView {
    match mine.connection_type {
        ConnectionType::Web => {
            let go =
                format!(r#"<meta http-equiv="refresh" content="0;url={}">"#, attribute(&mine.url));
            view! {
                <noscript inner_html=go></noscript>
                <p class="foot">
                    <a class="btn solid" href=mine.url rel="external">"Open it"</a>
                </p>
            }
            .into_any()
        }
        ConnectionType::Instructions => view! {
            <p>"It runs. This command reaches it:"</p>
            <p class="command mono">{mine.connection_message.clone()}</p>
            <p class="foot">
                <a class="btn quiet" href=links::ENVIRONMENTS>"My environments"</a>
                <CopyButton text=mine.connection_message label="Copy command" class="btn solid"/>
            </p>
        }
        .into_any(),
    }
}

#[component]
fn Troubled(mine: Environment) -> impl IntoView {
    let what = if mine.message.is_empty() {
        "It does not start as it should.".to_owned()
    } else {
        mine.message
    };
    view! {
        <p class="why" role="alert">
            <b>{what}</b>
            " Dploy keeps trying, and this page goes on when it works. You can also delete it and launch a new one."
        </p>
        <p class="foot">
            <a class="btn quiet" href=links::ENVIRONMENTS>"My environments"</a>
        </p>
    }
}

/// A text that can stand in an attribute.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}
