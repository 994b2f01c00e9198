//! Lets through what is hotter than 20 degrees.
use serde_json::Value;
use wasmpipes::{reject, Message, Output, Refusal};

fn handle(message: Message) -> Result<Option<Output>, Refusal> {
    let event: Value = serde_json::from_slice(message.body())?;
    match event["temp"].as_f64() {
        Some(temp) if temp > 20.0 => Ok(Some(message.into())),
        Some(_) => Ok(None),
        None => reject("temp is not a number"),
    }
}

wasmpipes::handler!(handle);
