pub(crate) mod fixed;
mod given;
mod properties;
