//! The structural schema of a custom resource: pruning, defaults and validation.

mod bounds;
mod cel_rules;
mod defaults;
mod definition;
mod formats;
mod node;
mod prune;
mod validate;

#[cfg(test)]
mod tests;

pub(crate) use self::{
    cel_rules::CelRules,
    definition::check_definition,
    node::{ListKind, Schema},
};
