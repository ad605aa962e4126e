//! The colour of a template's tile.

use crate::text_case::to_lowercase;

/// The CSS class that colours a tile: one of eight, chosen by the category.
#[must_use]
pub fn hue(category: &str) -> &'static str {
    const HUES: [&str; 8] =
        ["hue-0", "hue-1", "hue-2", "hue-3", "hue-4", "hue-5", "hue-6", "hue-7"];
    // FNV-1a distributes short words well, and is the same on the server and in the browser. Its
    // middle bits vary most.
    let hash = to_lowercase(category.trim())
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    HUES.get((hash >> 19 & 7) as usize).copied().unwrap_or("hue-0")
}
