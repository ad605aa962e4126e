use leptos::prelude::*;

use super::Skeleton;
use crate::contexts::{Asked, use_live, use_session};

/// Shows its children once it is known who reads the page, what they own, and what else the page needs.
#[component]
pub fn Ready(
    /// Templates that the page needs.
    #[prop(optional)]
    templates: Option<Asked>,
    /// What needs to know.
    children: ChildrenFn,
) -> impl IntoView {
    let (session, live) = (use_session(), use_live());
    view! {
        <Suspense fallback=Skeleton>
            {move || {
                let children = children.clone();
                Suspend::new(async move {
                    // The answers are read again by whoever needs them.
                    let _ = session.asked.await;
                    let _ = live.first.await;
                    if let Some(templates) = templates {
                        let _ = templates.await;
                    }
                    children()
                })
            }}
        </Suspense>
    }
}
