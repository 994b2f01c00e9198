//! The guest side of `wasmpipes_v1`: a function takes a message and answers outputs, none to drop it, or a [`Refusal`].
//!
//! ```ignore
//! use wasmpipes::{Message, Output, Refusal};
//!
//! fn shout(message: Message) -> Result<Option<Output>, Refusal> {
//!     Ok(Some(Output::new(message.body().to_ascii_uppercase())))
//! }
//!
//! wasmpipes::handler!(shout);
//! ```
//!
//! Memory lives on from message to message: keep what is compiled or configured there, never state. State belongs into
//! the [`cache`].

pub mod cache;
mod host;
pub mod http;
pub mod log;
mod message;
mod refusal;

pub use message::{Message, Output};
pub use refusal::{reject, retry, Refusal};

/// What the host takes for a verdict.
const ACCEPT: i32 = 0;
const REJECT: i32 = 1;
const RETRY: i32 = 75;

/// A value of the module's own configuration; keys are found without regard to case.
pub fn config(key: &str) -> Option<String> {
    host::config(key).map(text)
}

/// Adds to a counter of this module, shown as a metric.
pub fn count(metric: &str, delta: i64) {
    unsafe { host::metric_add(metric.as_ptr(), metric.len() as i32, delta) }
}

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    unsafe { host::now_ms() }
}

/// Random bytes fit for secrets.
pub fn random(length: usize) -> Vec<u8> {
    host::random_bytes(length)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Exports a function as the one that takes messages, and with a second one what runs once before: an error there keeps
/// the pipe from starting.
#[macro_export]
macro_rules! handler {
    ($on_message:expr) => {
        const _: () = {
            #[export_name = "on_message"]
            extern "C" fn exported() -> i32 {
                $crate::run($on_message)
            }
        };
    };
    ($on_message:expr, start = $on_start:expr) => {
        $crate::handler!($on_message);

        const _: () = {
            #[export_name = "on_start"]
            extern "C" fn exported() -> i32 {
                $crate::start($on_start)
            }
        };
    };
}

#[doc(hidden)]
pub fn run<O: IntoIterator<Item = Output>>(handler: fn(Message) -> Result<O, Refusal>) -> i32 {
    match handler(Message::current()) {
        Ok(outputs) => {
            let mut emitted = false;
            for output in outputs {
                output.emit();
                emitted = true;
            }
            if !emitted {
                unsafe { host::drop_message() }
            }
            ACCEPT
        }
        Err(refusal) => refusal.tell(),
    }
}

#[doc(hidden)]
pub fn start<E: std::fmt::Display>(start: fn() -> Result<(), E>) -> i32 {
    match start() {
        Ok(()) => ACCEPT,
        Err(why) => Refusal::reject(why).tell(),
    }
}
