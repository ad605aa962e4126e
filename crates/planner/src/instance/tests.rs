mod given;
mod leaving;
mod living;
