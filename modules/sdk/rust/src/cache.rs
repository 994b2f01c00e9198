//! The cache that all lanes and pods share. What a message writes stands when it is through.

use crate::{host, text};
use std::time::Duration;

/// Forever, as a time to live.
const ALWAYS: i64 = 0;

fn millis(ttl: Option<Duration>) -> i64 {
    ttl.map_or(ALWAYS, |time| time.as_millis() as i64)
}

pub fn get(key: &str) -> Option<String> {
    host::cached(key).map(text)
}

pub fn get_bytes(key: &str) -> Option<Vec<u8>> {
    host::cached(key)
}

/// Sets a value; without a time to live it stays.
pub fn set(key: &str, value: impl AsRef<[u8]>, ttl: Option<Duration>) {
    let value = value.as_ref();
    unsafe { host::cache_set(key.as_ptr(), key.len() as i32, value.as_ptr(), value.len() as i32, millis(ttl)) }
}

pub fn delete(key: &str) {
    unsafe { host::cache_delete(key.as_ptr(), key.len() as i32) }
}

/// Sets the value of an absent key. Returns whether it was absent; exact across lanes and pods.
pub fn put_if_absent(key: &str, value: impl AsRef<[u8]>, ttl: Option<Duration>) -> bool {
    let value = value.as_ref();
    let (at, length) = (value.as_ptr(), value.len() as i32);
    unsafe { host::cache_put_if_absent(key.as_ptr(), key.len() as i32, at, length, millis(ttl)) != 0 }
}

/// Adds to a number. The sum returned is exact only for a key that is confined to one lane of one pod.
pub fn increment(key: &str, delta: i64, ttl: Option<Duration>) -> i64 {
    unsafe { host::cache_increment(key.as_ptr(), key.len() as i32, delta, millis(ttl)) }
}
