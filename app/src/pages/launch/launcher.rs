use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use wire::{CatalogEntry, ConnectionType};

use super::progress::Progress;
use crate::{
    actions::{Change, new_change},
    contexts::use_live,
    parts::Tile,
    plain::{Stage, whereabouts},
    reactive::effect,
    server_fns::Posted,
};

/// Launches one template, and follows it.
#[component]
pub(super) fn Launcher(
    /// The template.
    entry: CatalogEntry,
    /// What is known of its parameters.
    given: BTreeMap<String, String>,
    /// Whether to wait until the reader launches.
    wait: bool,
) -> impl IntoView {
    let live = use_live();
    let launch = new_change();
    let template = entry.name.clone();
    let watched = entry.name.clone();
    let mine = Memo::new(move |_| live.living(&watched));
    let seen = Memo::new(move |seen: Option<&bool>| {
        seen.copied().unwrap_or(false) || mine.get().is_some()
    });
    let stage = Memo::new(move |_| {
        Stage::of(mine.get(), seen.get(), launch.pending().get(), launch.value().get())
    });
    effect(move || {
        if launch.value().get().is_some() {
            spawn_local(async move { _ = live.refresh().await });
        }
    });
    begin(&entry, &given, wait, stage, launch);
    go_there(stage);
    let heading = entry.display_name.clone();
    view! {
        <Title text=format!("Launch {heading}")/>
        <section class="launch" data-template=template>
            <header class="what-it-is">
                <Tile
                    icon=entry.icon.clone()
                    name=heading.clone()
                    category=entry.category.clone()
                />
                <div>
                    <h1>{heading}</h1>
                    <p class="where">{whereabouts(&entry.category)}</p>
                </div>
            </header>
            <Progress entry given stage launch/>
        </section>
    }
}

/// Launches at once, in the browser, where there is nothing to ask. A request without JavaScript never launches by itself.
fn begin(
    entry: &CatalogEntry,
    given: &BTreeMap<String, String>,
    wait: bool,
    stage: Memo<Stage>,
    launch: Change,
) {
    let complete = entry.parameters.iter().all(|parameter| {
        !parameter.required || given.get(&parameter.name).is_some_and(|value| !value.is_empty())
    });
    let request = Posted::launch(&entry.name, given);
    Effect::new(move |begun: Option<()>| {
        let asking = stage.with_untracked(|stage| *stage == Stage::Asking);
        if begun.is_none() && complete && !wait && asking {
            launch.dispatch(request.clone());
        }
    });
}

/// Goes to the environment when it runs, if a browser can.
fn go_there(stage: Memo<Stage>) {
    effect(move || {
        if let Stage::Running(mine) = stage.get()
            && mine.connection_type == ConnectionType::Web
        {
            // The page gives up its place, so that "back" leads to where the reader came from.
            let _ = window().location().replace(&mine.url);
        }
    });
}
