//! The button of a template's card.

use leptos::prelude::*;
use wire::CatalogEntry;

use super::{CopyButton, Icon, LaunchForm, OpenLink, ParametersButton};
use crate::{form_actions::use_launch_action, links, view_models::Offer};

/// The button of a template's card. Its label says what it does, or why it is disabled.
#[component]
pub fn LaunchButton(
    /// The template.
    entry: CatalogEntry,
    /// What the button does.
    offer: Memo<Offer>,
) -> impl IntoView {
    let page = links::launch_page(&entry.name);
    // The action must outlive the form: the stream can add the environment to the list, which
    // removes the form, before the launch responds.
    let action = use_launch_action(entry.name.clone());
    view! {
        {move || match offer.get() {
        Offer::SignIn => view! {
            <a class="btn quiet" href=links::sign_in(&page) rel="external">
                "Sign in to launch"
            </a>
        }
        .into_any(),
        Offer::Launch => view! { <LaunchForm entry=entry.clone() action/> }.into_any(),
        Offer::EnterParameters => view! { <ParametersButton entry=entry.clone() action/> }.into_any(),
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
            let why = format!("You have {}. Delete one to make room.", quota.text());
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
