//! The files of the page. xterm.js and its fit add-on are unchanged npm packages; their versions
//! are in `assets/README.md`.

use crate::look::{Asset, ICON, LOOK};

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// The file of that name.
pub(super) fn find(name: &str) -> Option<Asset> {
    Some(match name {
        "look.css" => LOOK,
        "icon.svg" => ICON,
        "webterm.css" => Asset { mime: CSS, body: include_bytes!("webterm.css") },
        "webterm.js" => Asset { mime: JAVASCRIPT, body: include_bytes!("webterm.js") },
        "palette.js" => Asset { mime: JAVASCRIPT, body: include_bytes!("palette.js") },
        "xterm.css" => Asset { mime: CSS, body: include_bytes!("assets/xterm.css") },
        "xterm.mjs" => Asset { mime: JAVASCRIPT, body: include_bytes!("assets/xterm.mjs") },
        "addon-fit.mjs" => Asset { mime: JAVASCRIPT, body: include_bytes!("assets/addon-fit.mjs") },
        _ => return None,
    })
}
