use leptos::prelude::*;

use super::Skeleton;
use crate::contexts::{use_live, use_session};

/// Shows its children once it is known who reads the page and what they own.
#[component]
pub fn Ready(
    /// What needs to know.
    children: ChildrenFn,
) -> impl IntoView {
    let (session, live) = (use_session(), use_live());
    view! {
        <Suspense fallback=Skeleton>
            {move || {
                let children = children.clone();
                Suspend::new(async move {
                    // Both answers are read again, by whoever needs them, from the contexts.
                    let _ = session.visit.await;
                    let _ = live.first.await;
                    children()
                })
            }}
        </Suspense>
    }
}
