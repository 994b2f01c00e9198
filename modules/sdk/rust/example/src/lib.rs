//! Does what its configuration says, so that every function of the SDK has a case.
use std::time::Duration;
use wasmpipes::{cache, config, http, log, reject, Message, Output, Refusal};

type Outcome = Result<Vec<Output>, Refusal>;

fn on_start() -> Result<(), String> {
    let action = config("do").ok_or("do: is needed")?;
    action_of(&action).map(|_| ()).ok_or(format!("do: unknown {}", action))
}

fn on_message(message: Message) -> Outcome {
    let action = config("do").and_then(|name| action_of(&name));
    action.ok_or(Refusal::reject("do: unknown"))?(message)
}

fn action_of(name: &str) -> Option<fn(Message) -> Outcome> {
    Some(match name {
        "uppercase" => |message| one(message.body().to_ascii_uppercase()),
        "lines" => |message| Ok(message.text()?.lines().map(Output::new).collect()),
        "headers" => headers,
        "bare" => |message| Ok(vec![Output::new(message.body()).without_headers().header("only", "this")]),
        "key" => |message| Ok(vec![Output::new("keyed").key(message.text()?)]),
        "route" => |message| Ok(vec![Output::from(message).to("other")]),
        "drop" => |_| Ok(vec![]),
        "reject" => |message| reject(format!("no {}", message.text()?)),
        "retry" => |_| Err(Refusal::retry("later").after(Duration::from_secs(5))),
        "once" => once,
        "count" => |message| one(cache::increment(message.text()?, 2, None).to_string()),
        "last" => last,
        "http" => fetch,
        "world" => world,
        _ => return None,
    })
}

fn one(body: impl Into<Vec<u8>>) -> Outcome {
    Ok(vec![Output::new(body)])
}

fn headers(message: Message) -> Outcome {
    let all: Vec<String> = message.headers().iter().map(|(name, value)| format!("{}={}", name, value)).collect();
    let seen = message.header("X-IN").unwrap_or_else(|| "none".into());
    Ok(vec![Output::new(all.join(",")).header("x-seen", seen)])
}

fn once(message: Message) -> Outcome {
    let first = cache::put_if_absent(message.text()?, "1", Some(Duration::from_secs(60)));
    Ok(if first { vec![message.into()] } else { vec![] })
}

fn last(message: Message) -> Outcome {
    let before = cache::get("last").unwrap_or_else(|| "nothing".into());
    if message.body().is_empty() {
        cache::delete("last");
    } else {
        cache::set("last", message.body(), Some(Duration::from_secs(60)));
    }
    one(before)
}

fn fetch(message: Message) -> Outcome {
    let reply = http::Request::post(message.text()?, "ping").header("x-a", "b").send()?;
    let kind = reply.headers.iter().find(|(name, _)| name == "content-type").map_or("", |(_, value)| value);
    one([format!("{} {} ", reply.status, kind).as_bytes(), &reply.body].concat())
}

fn world(_: Message) -> Outcome {
    log::info("a line");
    wasmpipes::count("seen", 2);
    one(format!("{} {}", wasmpipes::now_ms(), wasmpipes::random(4).len()))
}

wasmpipes::handler!(on_message, start = on_start);
