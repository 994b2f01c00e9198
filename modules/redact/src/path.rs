//! Paths in the manner of jq: `.user.email`, `.items[].card`, `.list[0]`, `."odd name"`, `..password` for anywhere.

use serde_json::Value;

pub struct Path {
    steps: Vec<Step>,
}

enum Step {
    Member(String),
    Element(usize),
    /// Every member or element.
    Each,
    /// The value itself and everything in it, however deep.
    Anywhere,
}

impl Path {
    pub fn parse(text: &str) -> Result<Path, &'static str> {
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (step, after) = Path::step(rest)?;
            steps.push(step);
            rest = after;
        }
        match steps.last() {
            None | Some(Step::Anywhere) => Err("names no field"),
            _ => Ok(Path { steps }),
        }
    }

    fn step(text: &str) -> Result<(Step, &str), &'static str> {
        if let Some(rest) = text.strip_prefix("..") {
            let end = rest.starts_with(|c: char| c == '.' || c == '[');
            return if end { Err("has an empty name") } else { Ok((Step::Anywhere, &text[1..])) };
        }
        if let Some(rest) = text.strip_prefix('[') {
            let (index, after) = rest.split_once(']').ok_or("has a [ without ]")?;
            if index.is_empty() {
                return Ok((Step::Each, after));
            }
            let index = index.parse().map_err(|_| "has an index that is no number")?;
            return Ok((Step::Element(index), after));
        }
        let rest = text.strip_prefix('.').ok_or("must begin with a dot")?;
        if let Some(quoted) = rest.strip_prefix('"') {
            let (name, after) = quoted.split_once('"').ok_or("has a quote without end")?;
            return Ok((Step::Member(name.into()), after));
        }
        let end = rest.find(|c: char| c == '.' || c == '[').unwrap_or(rest.len());
        match &rest[..end] {
            "" if rest.starts_with('[') => Path::step(rest),
            "" => Err("has an empty name"),
            "*" => Ok((Step::Each, &rest[end..])),
            name => Ok((Step::Member(name.into()), &rest[end..])),
        }
    }

    /// Gives every value that the path leads to.
    pub fn change(&self, root: &mut Value, change: &mut dyn FnMut(&mut Value)) {
        walk(&self.steps, root, change);
    }

    /// Takes away every field that the path leads to.
    pub fn remove(&self, root: &mut Value, count: &mut i64) {
        let (last, before) = match self.steps.split_last() {
            Some(parts) => parts,
            None => return,
        };
        walk(before, root, &mut |parent| *count += taken(parent, last));
    }
}

fn taken(parent: &mut Value, last: &Step) -> i64 {
    match (parent, last) {
        (Value::Object(members), Step::Member(name)) => members.shift_remove(name).is_some() as i64,
        (Value::Object(members), Step::Each) => {
            let count = members.len();
            members.clear();
            count as i64
        }
        (Value::Array(elements), Step::Element(index)) if *index < elements.len() => {
            elements.remove(*index);
            1
        }
        (Value::Array(elements), Step::Each) => {
            let count = elements.len();
            elements.clear();
            count as i64
        }
        _ => 0,
    }
}

fn walk(steps: &[Step], value: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    let (first, rest) = match steps.split_first() {
        Some(parts) => parts,
        None => return visit(value),
    };
    match (first, value) {
        (Step::Member(name), Value::Object(members)) => {
            if let Some(member) = members.get_mut(name) {
                walk(rest, member, visit);
            }
        }
        (Step::Element(index), Value::Array(elements)) => {
            if let Some(element) = elements.get_mut(*index) {
                walk(rest, element, visit);
            }
        }
        (Step::Each, Value::Object(members)) => members.values_mut().for_each(|member| walk(rest, member, visit)),
        (Step::Each, Value::Array(elements)) => elements.iter_mut().for_each(|element| walk(rest, element, visit)),
        (Step::Anywhere, value) => {
            match value {
                Value::Object(members) => members.values_mut().for_each(|member| walk(steps, member, visit)),
                Value::Array(elements) => elements.iter_mut().for_each(|element| walk(steps, element, visit)),
                _ => {}
            }
            walk(rest, value, visit);
        }
        _ => {}
    }
}
