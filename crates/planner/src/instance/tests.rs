mod given;
mod leaving;
mod living;
mod time;
mod waiting;
