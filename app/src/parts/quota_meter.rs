use leptos::prelude::*;

use crate::{contexts::use_live, plain::Quota};

/// How many environments are in use, as seats.
#[component]
pub fn QuotaMeter() -> impl IntoView {
    let live = use_live();
    let quota = Memo::new(move |_| live.list().map(|list| Quota::of(&list)));
    view! {
        {move || {
        quota.get().map(|quota| {
            let seats = quota.seats().into_iter().map(|taken| view! { <i class:on=taken></i> }.into_any());
            view! {
                <span class="quota" data-testid="quota">
                    <span class="t">{quota.words()}</span>
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
