mod entry;
mod fixture;
mod hosts;
mod passage;
