//! A template in the catalog.

use leptos::prelude::*;
use wire::CatalogEntry;

use super::{CardFacts, LaunchButton, Tile};
use crate::{
    contexts::{use_live_list, use_session},
    view_models::{Offer, category_label},
};

/// A template in the catalog.
#[component]
pub fn TemplateCard(
    /// The template.
    entry: CatalogEntry,
    /// How many of its unclaimed pool members are ready.
    ready: Signal<Option<u32>>,
) -> impl IntoView {
    let (session, live) = (use_session(), use_live_list());
    let offered = entry.clone();
    let offer =
        Memo::new(move |_| Offer::of(&offered, session.is_signed_in(), live.list().as_ref()));
    let id = format!("template-{}", entry.name);
    let (template, label) = (entry.name.clone(), id.clone());
    view! {
        <li class="card" data-template=template aria-labelledby=label>
            <header>
                <Tile
                    icon=entry.icon.clone()
                    name=entry.display_name.clone()
                    category=entry.category.clone()
                />
                <div>
                    <h2 id=id>{entry.display_name.clone()}</h2>
                    <p class="where">{category_label(&entry.category)}</p>
                </div>
            </header>
            <p class="what">{entry.description.clone()}</p>
            <footer>
                <CardFacts entry=entry.clone() offer ready/>
                <LaunchButton entry offer/>
            </footer>
        </li>
    }
}
