//! Lines for the pipe's log, under the name of the module.

use crate::host;

fn line(level: i32, text: &str) {
    unsafe { host::log(level, text.as_ptr(), text.len() as i32) }
}

pub fn debug(text: impl AsRef<str>) {
    line(0, text.as_ref())
}

pub fn info(text: impl AsRef<str>) {
    line(1, text.as_ref())
}

pub fn warn(text: impl AsRef<str>) {
    line(2, text.as_ref())
}

pub fn error(text: impl AsRef<str>) {
    line(3, text.as_ref())
}
