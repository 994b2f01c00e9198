//! Requests to the hosts that `WASM_ALLOW_HTTP` names.

use crate::{host, text};
use std::fmt;

/// A request, sent by [`Request::send`].
pub struct Request {
    head: String,
    body: Vec<u8>,
}

/// What a host answered, whatever its status.
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Why there is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    Malformed,
    NotAllowed,
    Unreachable,
    TimedOut,
    TooLarge,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Error::Malformed => "http: malformed",
            Error::NotAllowed => "http: not allowed",
            Error::Unreachable => "http: unreachable",
            Error::TimedOut => "http: timed out",
            Error::TooLarge => "http: too large",
        })
    }
}

impl std::error::Error for Error {}

impl Request {
    pub fn new(method: &str, url: &str) -> Request {
        Request { head: format!("{} {}\n", method, url), body: Vec::new() }
    }

    pub fn get(url: &str) -> Request {
        Request::new("GET", url)
    }

    pub fn post(url: &str, body: impl Into<Vec<u8>>) -> Request {
        Request { body: body.into(), ..Request::new("POST", url) }
    }

    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.head += &format!("{}: {}\n", name, value);
        self
    }

    pub fn send(self) -> Result<Reply, Error> {
        let mut request = self.head.into_bytes();
        request.push(b'\n');
        request.extend(self.body);
        host::call(&request).map(Reply::parse).map_err(|code| match code {
            -3 => Error::NotAllowed,
            -4 => Error::Unreachable,
            -5 => Error::TimedOut,
            -6 => Error::TooLarge,
            _ => Error::Malformed,
        })
    }
}

impl Reply {
    /// The status, lines of headers, an empty line, the body.
    fn parse(reply: Vec<u8>) -> Reply {
        let end = reply.windows(2).position(|pair| pair == b"\n\n").unwrap_or(reply.len());
        let head = text(reply[..end].to_vec());
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.parse().ok()).unwrap_or(0);
        let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.into(), value.into()));
        Reply { status, headers: headers.collect(), body: reply.get(end + 2..).unwrap_or_default().to_vec() }
    }
}
