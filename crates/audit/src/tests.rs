mod logs;
mod properties;
