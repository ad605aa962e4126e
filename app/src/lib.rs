//! The web app: server-rendered, hydrated, live.
//!
//! Pages fetch (`pages`), parts show (`parts`), plain values think (`plain`, `time`). What all pages share is in `contexts`; what
//! they ask of the server is in `server_fns`, a thin door to the `environments` crate.

#![recursion_limit = "512"] // A page is one type; only builds with `erase_components` cut it up.
#![allow(
    unreachable_pub,
    reason = "`#[component]` and `#[server]` make public items in private modules"
)]
#![allow(
    clippy::redundant_closure,
    reason = "`view!` erases the closures that it sees; a function's name would bring a type, and code, of its own"
)]

mod actions;
mod app;
mod codec;
mod contexts;
mod cookie;
mod letters;
mod links;
mod notice;
mod pages;
mod parts;
mod plain;
mod reactive;
mod response;
pub mod server_fns;
mod shell;
#[cfg(feature = "ssr")]
pub mod ssr;
mod theme;
mod time;

pub use app::App;
#[cfg(feature = "ssr")]
pub use codec::to_text;
#[cfg(feature = "ssr")]
pub use pages::PAGES;
pub use plain::SignInFailure;
pub use shell::shell;
