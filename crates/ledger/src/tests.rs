mod given;
mod properties;
