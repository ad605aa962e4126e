//! The coloured tile of a template.

use leptos::prelude::*;

use super::Icon;
use crate::view_models::{Glyph, hue, split_category};

/// The coloured tile of a template, with its icon.
#[component]
pub fn Tile(
    /// The template's icon.
    icon: String,
    /// Its display name.
    name: String,
    /// Its category, which chooses the colour.
    category: String,
) -> impl IntoView {
    let content = match Glyph::of(&icon, &name) {
        Glyph::Icon(name) => view! { <Icon name/> }.into_any(),
        Glyph::Picture(address) => view! { <img src=address alt="" loading="lazy"/> }.into_any(),
        Glyph::Text(text) => text.into_any(),
    };
    let class = format!("tile {}", hue(split_category(&category).0));
    view! {
        <span class=class aria-hidden="true">
            {content}
        </span>
    }
}
