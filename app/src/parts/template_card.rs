use leptos::prelude::*;
use wire::CatalogEntry;

use super::{CardFacts, LaunchButton, Tile};
use crate::{
    contexts::{use_live, use_session},
    plain::{Offer, whereabouts},
};

/// A template in the catalog.
#[component]
pub fn TemplateCard(
    /// The template.
    entry: CatalogEntry,
    /// How many of it wait to be claimed.
    ready: Signal<Option<u32>>,
) -> impl IntoView {
    let (session, live) = (use_session(), use_live());
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
                    <p class="where">{whereabouts(&entry.category)}</p>
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
