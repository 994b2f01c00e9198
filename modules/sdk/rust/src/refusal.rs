use crate::{host, REJECT, RETRY};
use std::fmt::Display;
use std::time::Duration;

/// Why a message is not accepted: it can never pass, or not now. Every error becomes a rejection by `?`.
#[derive(Debug)]
pub struct Refusal {
    reason: String,
    retry: Option<Duration>,
}

impl Refusal {
    /// The message can never pass: it goes to the dead letters, or the sender is told.
    pub fn reject(reason: impl Display) -> Refusal {
        Refusal { reason: reason.to_string(), retry: None }
    }

    /// The message may pass later, when the pipe thinks fit.
    pub fn retry(reason: impl Display) -> Refusal {
        Refusal { reason: reason.to_string(), retry: Some(Duration::ZERO) }
    }

    /// The message may pass after this time.
    pub fn after(self, delay: Duration) -> Refusal {
        Refusal { retry: Some(delay), ..self }
    }

    /// Tells the host and returns the verdict.
    pub(crate) fn tell(self) -> i32 {
        unsafe { host::fail(self.reason.as_ptr(), self.reason.len() as i32) }
        match self.retry {
            None => REJECT,
            Some(delay) => {
                if !delay.is_zero() {
                    unsafe { host::retry_after(delay.as_millis() as i64) }
                }
                RETRY
            }
        }
    }
}

impl<E: std::error::Error> From<E> for Refusal {
    fn from(error: E) -> Refusal {
        Refusal::reject(error)
    }
}

/// `Err(Refusal::reject(reason))`.
pub fn reject<T>(reason: impl Display) -> Result<T, Refusal> {
    Err(Refusal::reject(reason))
}

/// `Err(Refusal::retry(reason))`.
pub fn retry<T>(reason: impl Display) -> Result<T, Refusal> {
    Err(Refusal::retry(reason))
}
