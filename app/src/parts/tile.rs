use leptos::prelude::*;

use super::Icon;
use crate::plain::{Glyph, hue, split_category};

/// The coloured square of a template.
#[component]
pub fn Tile(
    /// The template's icon.
    icon: String,
    /// What people call it.
    name: String,
    /// Its category, which gives the colour.
    category: String,
) -> impl IntoView {
    let inside = match Glyph::of(&icon, &name) {
        Glyph::Icon(name) => view! { <Icon name/> }.into_any(),
        Glyph::Picture(address) => view! { <img src=address alt="" loading="lazy"/> }.into_any(),
        Glyph::Text(text) => text.into_any(),
    };
    let class = format!("tile {}", hue(split_category(&category).0));
    view! {
        <span class=class aria-hidden="true">
            {inside}
        </span>
    }
}
