//! The served kinds: the built-in ones and those of CustomResourceDefinitions.

mod builtin;
mod convert;
mod custom;
mod kind;
mod registry;
mod round_trip;

pub(crate) use self::{
    custom::accepted_names,
    kind::{Column, Custom, Kind},
    registry::Registry,
    round_trip::RoundTrip,
};
