//! The quota in the bar.

use leptos::prelude::*;

use crate::{contexts::use_live_list, view_models::Quota};

/// Shows how many environments count against the quota, as seats.
#[component]
pub fn QuotaMeter() -> impl IntoView {
    let live = use_live_list();
    let quota = Memo::new(move |_| live.list().map(|list| Quota::of(&list)));
    view! {
        {move || {
        quota.get().map(|quota| {
            let seats = quota.seats().into_iter().map(|taken| view! { <i class:on=taken></i> }.into_any());
            view! {
                <span class="quota" data-testid="quota">
                    <span class="t">{quota.text()}</span>
                    <span class="seats" aria-hidden="true">
                        {seats.collect_view()}
                    </span>
                </span>
            }
            .into_any()
        })
    }}
    }
}
