//! The verbs, free of HTTP: what each does to the store.

mod create;
mod delete;
mod list;
mod options;
mod patch;
mod update;
mod watch;

pub(crate) use self::{
    create::create,
    delete::{delete, delete_collection},
    list::{ListOptions, ListPage, list},
    options::{DeleteOptions, Propagation, Target, WriteOptions},
    patch::{Patch, patch},
    update::{replace, update, write},
    watch::{WatchOptions, watch},
};
