//! The functions of the host, and copies of what they answer.

#[link(wasm_import_module = "wasmpipes_v1")]
extern "C" {
    fn input_len() -> i32;
    fn input_read(offset: i32, target: *mut u8, length: i32) -> i32;
    fn header_get(name: *const u8, name_length: i32, target: *mut u8, capacity: i32) -> i32;
    fn header_list(target: *mut u8, capacity: i32) -> i32;
    fn result_read(offset: i32, target: *mut u8, length: i32) -> i32;
    fn config_get(key: *const u8, key_length: i32, target: *mut u8, capacity: i32) -> i32;
    fn cache_get(key: *const u8, key_length: i32, target: *mut u8, capacity: i32) -> i32;
    fn http(request: *const u8, length: i32, target: *mut u8, capacity: i32) -> i32;

    pub fn out_header_set(name: *const u8, name_length: i32, value: *const u8, value_length: i32);
    pub fn out_headers_clear();
    pub fn out_key_set(key: *const u8, length: i32);
    pub fn emit(body: *const u8, length: i32);
    pub fn emit_to(label: *const u8, label_length: i32, body: *const u8, length: i32);
    #[link_name = "drop"]
    pub fn drop_message();
    pub fn fail(reason: *const u8, length: i32);
    pub fn retry_after(milliseconds: i64);
    pub fn cache_set(key: *const u8, key_length: i32, value: *const u8, value_length: i32, ttl: i64);
    pub fn cache_delete(key: *const u8, key_length: i32);
    pub fn cache_put_if_absent(key: *const u8, key_length: i32, value: *const u8, value_length: i32, ttl: i64) -> i32;
    pub fn cache_increment(key: *const u8, key_length: i32, delta: i64, ttl: i64) -> i64;
    pub fn log(level: i32, text: *const u8, length: i32);
    pub fn metric_add(name: *const u8, name_length: i32, delta: i64);
    pub fn now_ms() -> i64;
    pub fn random(target: *mut u8, length: i32);
}

fn filled(length: i32, fill: impl Fn(*mut u8, i32)) -> Vec<u8> {
    let mut bytes = vec![0; length as usize];
    fill(bytes.as_mut_ptr(), length);
    bytes
}

/// Fetches an answer whose length is known by now; below 0 there is none.
fn answer(length: i32) -> Result<Vec<u8>, i32> {
    if length < 0 {
        return Err(length);
    }
    Ok(filled(length, |target, length| unsafe {
        result_read(0, target, length);
    }))
}

pub fn body() -> Vec<u8> {
    filled(unsafe { input_len() }, |target, length| unsafe {
        input_read(0, target, length);
    })
}

pub fn header(name: &str) -> Option<Vec<u8>> {
    answer(unsafe { header_get(name.as_ptr(), name.len() as i32, std::ptr::null_mut(), 0) }).ok()
}

pub fn headers() -> Vec<u8> {
    answer(unsafe { header_list(std::ptr::null_mut(), 0) }).unwrap_or_default()
}

pub fn config(key: &str) -> Option<Vec<u8>> {
    answer(unsafe { config_get(key.as_ptr(), key.len() as i32, std::ptr::null_mut(), 0) }).ok()
}

pub fn cached(key: &str) -> Option<Vec<u8>> {
    answer(unsafe { cache_get(key.as_ptr(), key.len() as i32, std::ptr::null_mut(), 0) }).ok()
}

pub fn call(request: &[u8]) -> Result<Vec<u8>, i32> {
    answer(unsafe { http(request.as_ptr(), request.len() as i32, std::ptr::null_mut(), 0) })
}

pub fn random_bytes(length: usize) -> Vec<u8> {
    filled(length as i32, |target, length| unsafe { random(target, length) })
}
