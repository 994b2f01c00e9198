use crate::{host, text, Refusal};

/// The message in hand.
pub struct Message {
    body: Vec<u8>,
}

impl Message {
    pub(crate) fn current() -> Message {
        Message { body: host::body() }
    }

    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub fn into_body(self) -> Vec<u8> {
        self.body
    }

    /// The body as text; what is not UTF-8 is refused.
    pub fn text(&self) -> Result<&str, Refusal> {
        std::str::from_utf8(&self.body).map_err(Refusal::from)
    }

    /// The first header of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<String> {
        host::header(name).map(text)
    }

    /// All headers, in order.
    pub fn headers(&self) -> Vec<(String, String)> {
        let list = host::headers();
        let mut parts = list.split(|byte| *byte == 0).map(|part| text(part.to_vec()));
        let mut headers = Vec::new();
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            headers.push((name, value));
        }
        headers
    }
}

/// What a message becomes. It inherits headers and key.
pub struct Output {
    body: Vec<u8>,
    headers: Vec<(String, String)>,
    bare: bool,
    key: Option<String>,
    label: Option<String>,
}

impl Output {
    pub fn new(body: impl Into<Vec<u8>>) -> Output {
        Output { body: body.into(), headers: Vec::new(), bare: false, key: None, label: None }
    }

    /// Sets a header, in place of those of the same name.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Output {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Inherits no headers.
    pub fn without_headers(mut self) -> Output {
        self.bare = true;
        self
    }

    /// Sets the key that orders and partitions.
    pub fn key(mut self, key: impl Into<String>) -> Output {
        self.key = Some(key.into());
        self
    }

    /// Sends it straight to the sink with this label, `SINK_<LABEL>_URI`.
    pub fn to(mut self, label: impl Into<String>) -> Output {
        self.label = Some(label.into());
        self
    }

    pub(crate) fn emit(self) {
        unsafe {
            if self.bare {
                host::out_headers_clear();
            }
            for (name, value) in &self.headers {
                host::out_header_set(name.as_ptr(), name.len() as i32, value.as_ptr(), value.len() as i32);
            }
            if let Some(key) = &self.key {
                host::out_key_set(key.as_ptr(), key.len() as i32);
            }
            let (body, length) = (self.body.as_ptr(), self.body.len() as i32);
            match &self.label {
                None => host::emit(body, length),
                Some(label) => host::emit_to(label.as_ptr(), label.len() as i32, body, length),
            }
        }
    }
}

/// The message as it is.
impl From<Message> for Output {
    fn from(message: Message) -> Output {
        Output::new(message.into_body())
    }
}
