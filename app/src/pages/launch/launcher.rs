//! Launches a template, and follows its environment.

use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use wire::{CatalogEntry, ConnectionType};

use super::progress::Progress;
use crate::{
    contexts::use_live_list,
    form_actions::{FormAction, new_form_action},
    parts::Tile,
    reactive::effect,
    server_fns::PostedForm,
    view_models::{Stage, category_label},
};

/// Launches a template, and shows its progress.
#[component]
pub(super) fn Launcher(
    /// The template.
    entry: CatalogEntry,
    /// The parameters from the address.
    given: BTreeMap<String, String>,
    /// Whether to wait until the user launches.
    wait: bool,
) -> impl IntoView {
    let live = use_live_list();
    let launch = new_form_action();
    let template = entry.name.clone();
    let watched = entry.name.clone();
    let mine = Memo::new(move |_| live.active_environment(&watched));
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
    launch_at_once(&entry, &given, wait, stage, launch);
    open_environment(stage);
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
                    <p class="where">{category_label(&entry.category)}</p>
                </div>
            </header>
            <Progress entry given stage launch/>
        </section>
    }
}

/// Launches at once if no required parameter is missing. Only the browser does so: a page that is
/// rendered without JavaScript never launches.
fn launch_at_once(
    entry: &CatalogEntry,
    given: &BTreeMap<String, String>,
    wait: bool,
    stage: Memo<Stage>,
    launch: FormAction,
) {
    let complete = entry.parameters.iter().all(|parameter| {
        !parameter.required || given.get(&parameter.name).is_some_and(|value| !value.is_empty())
    });
    let request = PostedForm::launch(&entry.name, given);
    Effect::new(move |ran: Option<()>| {
        let not_launched = stage.with_untracked(|stage| *stage == Stage::NotLaunched);
        if ran.is_none() && complete && !wait && not_launched {
            launch.dispatch(request.clone());
        }
    });
}

/// Opens a healthy environment in this tab, if it has a web page.
fn open_environment(stage: Memo<Stage>) {
    effect(move || {
        if let Stage::Running(mine) = stage.get()
            && mine.connection_type == ConnectionType::Web
        {
            // `replace` removes this page from the history: "back" leads to the page before it.
            let _ = window().location().replace(&mine.url);
        }
    });
}
