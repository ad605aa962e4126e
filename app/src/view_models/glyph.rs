//! The content of a template's tile.

use crate::text_case::initial;

/// The icons of `public/icons.svg` that a template may name.
const ICON_NAMES: &str = include_str!("glyphs.txt");

/// The content of a template's tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Glyph {
    /// An icon of the sprite.
    Icon(&'static str),
    /// A picture at this address.
    Picture(String),
    /// An emoji, or the first letter of the name.
    Text(String),
}

impl Glyph {
    /// The glyph of a template's `icon`. Without an icon, or with an unknown one, the glyph is the
    /// initial of `name`.
    #[must_use]
    pub fn of(icon: &str, name: &str) -> Self {
        let icon = icon.trim();
        if let Some(known) = ICON_NAMES.lines().find(|known| *known == icon) {
            return Self::Icon(known);
        }
        if icon.starts_with("https://") || icon.starts_with('/') {
            return Self::Picture(icon.to_owned());
        }
        if !icon.is_empty() && !icon.is_ascii() && icon.chars().count() <= 8 {
            return Self::Text(icon.to_owned());
        }
        Self::Text(initial(name))
    }
}
