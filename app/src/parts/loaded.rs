//! Waits for the data of a page.

use leptos::prelude::*;

use super::Skeleton;
use crate::contexts::{AnswerResource, use_live_list, use_session};

/// Shows its children once the session, the environments and the given templates are loaded.
#[component]
pub fn Loaded(
    /// The templates, if the page needs them.
    #[prop(optional)]
    templates: Option<AnswerResource>,
    /// The content.
    children: ChildrenFn,
) -> impl IntoView {
    let (session, live) = (use_session(), use_live_list());
    view! {
        <Suspense fallback=Skeleton>
            {move || {
                let children = children.clone();
                Suspend::new(async move {
                    // The results are ignored: the content reads them from the resources.
                    let _ = session.answer.await;
                    let _ = live.initial.await;
                    if let Some(templates) = templates {
                        let _ = templates.await;
                    }
                    children()
                })
            }}
        </Suspense>
    }
}
