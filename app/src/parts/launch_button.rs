use leptos::prelude::*;
use wire::CatalogEntry;

use super::{AskButton, CopyButton, Icon, LaunchForm, OpenLink};
use crate::{actions::use_launch, links, plain::Offer};

/// The button of a card. It says what it will do, and why when it cannot.
#[component]
pub fn LaunchButton(
    /// The template.
    entry: CatalogEntry,
    /// What it offers.
    offer: Memo<Offer>,
) -> impl IntoView {
    let page = links::launch_page(&entry.name);
    // Outlives the form: the new environment may be in the list, and the form gone, before the answer is here.
    let action = use_launch(entry.name.clone());
    view! {
        {move || match offer.get() {
        Offer::SignIn => view! {
            <a class="btn quiet" href=links::sign_in(&page) rel="external">
                "Sign in to launch"
            </a>
        }
        .into_any(),
        Offer::Launch => view! { <LaunchForm entry=entry.clone() action/> }.into_any(),
        Offer::Ask => view! { <AskButton entry=entry.clone() action/> }.into_any(),
        Offer::Open(mine) => view! { <OpenLink url=mine.url class="btn quiet"/> }.into_any(),
        Offer::Copy(mine) => view! {
            <CopyButton text=mine.connection_message label="Copy command" class="btn quiet"/>
        }
        .into_any(),
        Offer::Follow(_) => view! {
            <a class="btn quiet" href=page.clone()>
                "Follow"
                <Icon name="loader-circle"/>
            </a>
        }
        .into_any(),
        Offer::LimitReached(quota) => {
            let id = format!("limit-{}", entry.name);
            let why = format!("You have {}. Delete one to make room.", quota.words());
            view! {
                <button class="btn solid" disabled aria-describedby=id.clone() title=why.clone()>
                    "Limit reached"
                </button>
                <span class="vh" id=id>{why}</span>
            }
            .into_any()
        }
    }}
    }
}
