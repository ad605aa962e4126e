//! The catalog's search, categories and cards.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use wire::CatalogEntry;

use crate::{
    contexts::use_live_list,
    links,
    parts::{CategoryChips, EmptyState, KeyedList, Search, TemplateCard},
    server_fns::{Answer, Question, ask},
    view_models::{CatalogFilter, categories},
};

/// Shows the catalog, filtered by the search and the category in the address. A filtered catalog
/// can be shared as a link, and works without JavaScript.
#[component]
pub(super) fn CatalogBrowser(entries: Vec<CatalogEntry>) -> impl IntoView {
    let entries = RwSignal::new(entries);
    refresh_with_environments(entries);
    let (parameters, navigate) = (use_location().query, use_navigate());
    let parameter = move |name: &str| parameters.with(|all| all.get(name).unwrap_or_default());
    let query = Signal::derive(move || parameter("q"));
    let category = Signal::derive(move || parameter("category"));
    let set_query = Callback::new(move |text: String| {
        let in_place = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        navigate(&links::catalog(&text, &category.get_untracked()), in_place);
    });
    let found = Memo::new(move |_| {
        let filter = CatalogFilter { query: query.get(), category: category.get() };
        entries.with(|all| all.iter().filter(|it| filter.matches(it)).cloned().collect::<Vec<_>>())
    });
    let keys = Signal::derive(move || found.with(|found| found.iter().map(card_key).collect()));
    let nothing = Memo::new(move |_| found.with(Vec::is_empty));
    let names = Memo::new(move |_| entries.with(|all| categories(all)));
    let count = Signal::derive(move || entries.with(Vec::len));
    view! {
        <div class="tools">
            <Search query set_query category count/>
            <CategoryChips names chosen=category query/>
        </div>
        <ul class="grid" data-testid="catalog">
            <KeyedList keys item=Callback::new(move |key: String| card(&key, entries))/>
        </ul>
        {move || nothing.get().then(|| view! {
            <EmptyState
                icon="search-x"
                title=if entries.with(Vec::is_empty) { "No templates yet" } else { "Nothing matches" }.to_owned()
                text="Try fewer words or another category, or ask your admin to add a template."
            >
                <a class="btn quiet" href=links::CATALOG>"Show everything"</a>
            </EmptyState>
        }.into_any())}
    }
}

/// The card of a [`card_key`]. The first line of the key is the template's name.
fn card(key: &str, entries: RwSignal<Vec<CatalogEntry>>) -> AnyView {
    let name = key.lines().next().unwrap_or_default().to_owned();
    let find = move |all: &Vec<CatalogEntry>| all.iter().find(|it| it.name == name).cloned();
    let Some(entry) = entries.with_untracked(&find) else { return ().into_any() };
    let ready = Signal::derive(move || entries.with(&find).and_then(|it| it.ready));
    view! { <TemplateCard entry ready/> }.into_any()
}

/// The fields that a card shows, the template's name first. When the key changes, the card is
/// rendered again: add every new field of the card here.
fn card_key(entry: &CatalogEntry) -> String {
    let CatalogEntry { name, display_name, description, icon, parameters, .. } = entry;
    format!("{name}\n{display_name}\n{description}\n{icon}\n{}", parameters.len())
}

/// Loads the catalog again when the user's environments change, because a launch can claim a pool
/// member and the card shows how many are left.
fn refresh_with_environments(entries: RwSignal<Vec<CatalogEntry>>) {
    let live = use_live_list();
    let owned = Memo::new(move |_| {
        let uuid = |it: wire::Environment| it.uuid;
        live.list().map(|list| list.environments.into_iter().map(uuid).collect::<Vec<_>>())
    });
    Effect::new(move |before: Option<Option<Vec<String>>>| {
        let now = owned.get();
        if before.is_some_and(|before| before != now) {
            spawn_local(async move {
                if let Ok(Answer::Templates(fresh)) = ask(Question::Catalog).await {
                    entries.try_set(fresh);
                }
            });
        }
        now
    });
}
