use leptos::prelude::*;

use super::{Account, Brand, MainNav, QuotaMeter, Ready, ThemeToggle};

/// The bar at the top of every page.
#[component]
pub fn Bar() -> impl IntoView {
    view! {
        <a class="skip" href="#main">"Skip to the content"</a>
        <header class="bar">
            <div>
                <Brand/>
                <Ready>
                    <MainNav/>
                    <div class="end">
                        <QuotaMeter/>
                        <ThemeToggle/>
                        <Account/>
                    </div>
                </Ready>
            </div>
        </header>
    }
}
