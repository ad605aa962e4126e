//! The bar at the top of every page.

use leptos::prelude::*;

use super::{Account, Brand, Loaded, MainNav, QuotaMeter, ThemeToggle};

/// The bar at the top of every page.
#[component]
pub fn Bar() -> impl IntoView {
    view! {
        <a class="skip" href="#main">"Skip to the content"</a>
        <header class="bar">
            <div>
                <Brand/>
                <Loaded>
                    <MainNav/>
                    <div class="end">
                        <QuotaMeter/>
                        <ThemeToggle/>
                        <Account/>
                    </div>
                </Loaded>
            </div>
        </header>
    }
}
