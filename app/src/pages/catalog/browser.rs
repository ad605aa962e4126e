use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use wire::CatalogEntry;

use crate::{
    contexts::use_live,
    links,
    parts::{CategoryChips, Each, Empty, Search, TemplateCard},
    plain::{CatalogFilter, categories},
    server_fns::{Answer, Question, ask},
};

/// Searches and shows the catalog. The search is in the address: it can be sent to somebody, and works without JavaScript.
#[component]
pub(super) fn CatalogBrowser(entries: Vec<CatalogEntry>) -> impl IntoView {
    let entries = RwSignal::new(entries);
    keep_fresh(entries);
    let (asked, navigate) = (use_location().query, use_navigate());
    let said = move |name: &str| asked.with(|asked| asked.get(name).unwrap_or_default());
    let query = Signal::derive(move || said("q"));
    let category = Signal::derive(move || said("category"));
    let set_query = Callback::new(move |text: String| {
        let in_place = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        navigate(&links::catalog(&text, &category.get_untracked()), in_place);
    });
    let found = Memo::new(move |_| {
        let filter = CatalogFilter { query: query.get(), category: category.get() };
        entries.with(|all| all.iter().filter(|it| filter.admits(it)).cloned().collect::<Vec<_>>())
    });
    let keys = Signal::derive(move || found.with(|found| found.iter().map(look).collect()));
    let nothing = Memo::new(move |_| found.with(Vec::is_empty));
    let names = Memo::new(move |_| entries.with(|all| categories(all)));
    let count = Signal::derive(move || entries.with(Vec::len));
    view! {
        <div class="tools">
            <Search query set_query category count/>
            <CategoryChips names chosen=category query/>
        </div>
        <ul class="grid" data-testid="catalog">
            <Each keys item=Callback::new(move |look: String| card(&look, entries))/>
        </ul>
        {move || nothing.get().then(|| view! {
            <Empty
                icon="search-x"
                title=if entries.with(Vec::is_empty) { "No templates yet" } else { "Nothing matches" }.to_owned()
                text="Try fewer words or another category. What is not there can be added by your admin."
            >
                <a class="btn quiet" href=links::CATALOG>"Show everything"</a>
            </Empty>
        }.into_any())}
    }
}

/// The card of a look; the templates are looked up by the name in its first line.
fn card(look: &str, entries: RwSignal<Vec<CatalogEntry>>) -> AnyView {
    let name = look.lines().next().unwrap_or_default().to_owned();
    let find = move |all: &Vec<CatalogEntry>| all.iter().find(|it| it.name == name).cloned();
    let Some(entry) = entries.with_untracked(&find) else { return ().into_any() };
    let ready = Signal::derive(move || entries.with(&find).and_then(|it| it.ready));
    view! { <TemplateCard entry ready/> }.into_any()
}

/// What a card is drawn from, its name first: when this changes, it is drawn anew.
fn look(entry: &CatalogEntry) -> String {
    let CatalogEntry { name, display_name, description, icon, parameters, .. } = entry;
    format!("{name}\n{display_name}\n{description}\n{icon}\n{}", parameters.len())
}

/// Asks for the catalog again when the reader's environments change: a launch takes a warm one.
fn keep_fresh(entries: RwSignal<Vec<CatalogEntry>>) {
    let live = use_live();
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
