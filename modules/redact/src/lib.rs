//! Removes, masks or hashes fields of JSON bodies.
mod path;

use hmac::{Hmac, Mac};
use path::Path;
use serde_json::Value;
use sha2::Sha256;
use std::cell::RefCell;
use wasmpipes::{config, Message, Output, Refusal};

/// What happens to a field.
enum Action {
    Remove,
    Mask { keep: usize },
    Hash(Hmac<Sha256>),
}

thread_local! {
    static RULES: RefCell<Vec<(Path, Action)>> = RefCell::new(Vec::new());
}

fn on_start() -> Result<(), String> {
    let mut rules = Vec::new();
    for path in paths("remove")? {
        rules.push((path, Action::Remove));
    }
    let keep = config("keep").unwrap_or_else(|| "0".into());
    let keep = keep.parse().map_err(|_| "keep: must be a number of characters")?;
    for path in paths("mask")? {
        rules.push((path, Action::Mask { keep }));
    }
    for path in paths("hash")? {
        let secret = config("secret").filter(|secret| !secret.is_empty()).ok_or("secret: is needed for hash")?;
        let hmac = Hmac::new_from_slice(secret.as_bytes()).map_err(|error| error.to_string())?;
        rules.push((path, Action::Hash(hmac)));
    }
    if rules.is_empty() {
        return Err("one of remove, mask, hash is needed: paths such as .user.email, .cards[].number, ..password".into());
    }
    RULES.with(|all| *all.borrow_mut() = rules);
    Ok(())
}

fn paths(name: &str) -> Result<Vec<Path>, String> {
    let list = config(name).unwrap_or_default();
    let parts = list.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| Path::parse(part).map_err(|why| format!("{}: {} {}", name, part, why))).collect()
}

fn redact(message: Message) -> Result<Option<Output>, Refusal> {
    let mut body: Value =
        serde_json::from_slice(message.body()).map_err(|error| Refusal::reject(format!("not JSON: {}", error)))?;
    let mut count = 0;
    RULES.with(|rules| {
        for (path, action) in rules.borrow().iter() {
            match action {
                Action::Remove => path.remove(&mut body, &mut count),
                _ => path.change(&mut body, &mut |value| {
                    count += 1;
                    *value = action.replace(value);
                }),
            }
        }
    });
    if count > 0 {
        wasmpipes::count("redacted", count);
    }
    Ok(Some(Output::new(serde_json::to_vec(&body)?)))
}

impl Action {
    fn replace(&self, value: &Value) -> Value {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match self {
            Action::Mask { keep } if value.is_string() => Value::String(masked(&text, *keep)),
            Action::Hash(hmac) => {
                let digest = hmac.clone().chain_update(text).finalize().into_bytes();
                Value::String(digest.iter().map(|byte| format!("{:02x}", byte)).collect())
            }
            _ => Value::String("***".into()),
        }
    }
}

/// What is not longer than twice the rest that is kept is masked whole.
fn masked(text: &str, keep: usize) -> String {
    let length = text.chars().count();
    let hidden = if length >= 2 * keep { length - keep } else { length };
    "*".repeat(hidden) + &text.chars().skip(hidden).collect::<String>()
}

wasmpipes::handler!(redact, start = on_start);
