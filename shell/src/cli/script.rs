//! Input scripts: what a hand shall do, line by line. See `docs/input.md`.

use virga_protocol::{InputAct, InputPlace, InputStep, InputWait, Micros};

/// A line that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// From 1.
    pub(crate) line: usize,
    pub(crate) reason: String,
}

/// Reads a script.
///
/// # Errors
/// The first line that makes no sense.
pub(crate) fn parse(text: &str) -> Result<Vec<InputStep>, Mistake> {
    let mut steps = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with("# ") || line == "#" {
            continue;
        }
        let number = index + 1;
        let (wait, act) = step(line).map_err(|reason| Mistake { line: number, reason })?;
        steps.push(InputStep { line: u32::try_from(number).unwrap_or(u32::MAX), wait, act });
    }
    Ok(steps)
}

fn step(line: &str) -> Result<(Option<InputWait>, Option<InputAct>), String> {
    let (word, rest) = word(line);
    match word {
        "at" => {
            let (time, command) = self::word(rest);
            let wait = InputWait::At(duration(time)?);
            let act = if command.is_empty() { None } else { Some(act(command)?) };
            Ok((Some(wait), act))
        }
        "wait" => Ok((Some(InputWait::For(duration(rest)?)), None)),
        "after" => Ok((Some(after(rest)?), None)),
        _ => Ok((None, Some(act(line)?))),
    }
}

/// The first word of a line, and what follows it.
fn word(line: &str) -> (&str, &str) {
    match line.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim()),
        None => (line, ""),
    }
}

fn duration(text: &str) -> Result<Micros, String> {
    let wrong = || format!("{text:?} is no time, such as 300ms or 1.5s");
    let (number, factor) = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(number), _) => (number, 1.0),
        (None, Some(number)) => (number, 1000.0),
        (None, None) => return Err(wrong()),
    };
    match number.trim().parse::<f64>() {
        Ok(number) if number >= 0.0 && number.is_finite() => {
            Ok(Micros::from_millis(number * factor))
        }
        _ => Err(wrong()),
    }
}

fn after(text: &str) -> Result<InputWait, String> {
    let (what, rest) = word(text);
    match what {
        "load" if rest.is_empty() => Ok(InputWait::Load),
        "idle" if rest.is_empty() => Ok(InputWait::Idle),
        "console" if !rest.is_empty() => Ok(InputWait::Console(unquote(rest)?)),
        "event" => match rest.split_once(" on ") {
            Some((name, selector)) if !name.trim().is_empty() && !selector.trim().is_empty() => {
                Ok(InputWait::Event {
                    name: name.trim().to_owned(),
                    selector: selector.trim().to_owned(),
                })
            }
            _ => Err("an event is waited for as: after event NAME on SELECTOR".to_owned()),
        },
        _ => Err(format!(
            "there is no \"after {text}\"; there are load, idle, event NAME on SELECTOR, console TEXT"
        )),
    }
}

/// A text in quotes, in which `\n`, `\t`, `\"` and `\\` stand for what they do in
/// script; without quotes the text as it is.
fn unquote(text: &str) -> Result<String, String> {
    let Some(inner) = text.strip_prefix('"') else { return Ok(text.to_owned()) };
    let inner =
        inner.strip_suffix('"').ok_or_else(|| format!("{text} does not end with a quote"))?;
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(c @ ('"' | '\\')) => out.push(c),
                other => {
                    return Err(format!(
                        "\\{} stands for nothing",
                        other.map(String::from).unwrap_or_default()
                    ));
                }
            },
            '"' => return Err(format!("a quote in {text} needs a backslash")),
            c => out.push(c),
        }
    }
    Ok(out)
}

/// `X,Y` in CSS px, or a selector.
fn place(text: &str) -> Result<InputPlace, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("a place is missing: X,Y or a selector".to_owned());
    }
    Ok(match pair(text) {
        Some((x, y)) => InputPlace::Point(x, y),
        None => InputPlace::Selector(text.to_owned()),
    })
}

fn pair(text: &str) -> Option<(f32, f32)> {
    let (x, y) = text.split_once(',')?;
    let number = |text: &str| text.trim().parse::<f32>().ok().filter(|number| number.is_finite());
    Some((number(x)?, number(y)?))
}

/// `… in TIME` at the end of a command.
fn lasting(text: &str, default: u64) -> Result<(&str, Micros), String> {
    match text.rsplit_once(" in ") {
        Some((rest, time)) => Ok((rest.trim(), duration(time.trim())?)),
        None => Ok((text, Micros(default))),
    }
}

fn button(text: &str) -> Result<u8, String> {
    match text {
        "" | "left" => Ok(0),
        "middle" => Ok(1),
        "right" => Ok(2),
        other => Err(format!("there is no button {other:?}; there are left, middle, right")),
    }
}

fn act(line: &str) -> Result<InputAct, String> {
    let (name, rest) = word(line);
    let none = |act: InputAct| {
        if rest.is_empty() { Ok(act) } else { Err(format!("{name} takes nothing, not {rest:?}")) }
    };
    match name {
        "tap" => Ok(InputAct::Tap(place(rest)?)),
        "click" => Ok(InputAct::Click(place(rest)?)),
        "move" => Ok(InputAct::Move(place(rest)?)),
        "down" => Ok(InputAct::Down(button(rest)?)),
        "up" => Ok(InputAct::Up(button(rest)?)),
        "drag" => {
            let (rest, time) = lasting(rest, 300_000)?;
            let (from, to) = rest
                .split_once(" to ")
                .ok_or("a drag goes from somewhere to somewhere: drag PLACE to PLACE")?;
            Ok(InputAct::Drag { from: place(from)?, to: place(to)?, time })
        }
        "pinch" => {
            let (rest, time) = lasting(rest, 300_000)?;
            let wrong = "a pinch has two distances: pinch PLACE from PX to PX";
            let (at, distances) = rest.split_once(" from ").ok_or(wrong)?;
            let (from, to) = distances.split_once(" to ").ok_or(wrong)?;
            let number = |text: &str| {
                text.trim().parse::<f32>().ok().filter(|n| *n >= 0.0 && n.is_finite()).ok_or(wrong)
            };
            Ok(InputAct::Pinch { at: place(at)?, from: number(from)?, to: number(to)?, time })
        }
        "wheel" => {
            let (by, at) = match rest.split_once(" on ") {
                Some((by, at)) => (by, Some(place(at)?)),
                None => (rest, None),
            };
            let by = pair(by).ok_or("a wheel turns by X,Y: wheel X,Y on PLACE")?;
            Ok(InputAct::Wheel { by, at })
        }
        "type" if !rest.is_empty() => Ok(InputAct::Type(unquote(rest)?)),
        "type" => Err("there is nothing to type".to_owned()),
        "key" if !rest.is_empty() && !rest.contains(char::is_whitespace) => {
            Ok(InputAct::Key(rest.to_owned()))
        }
        "key" => Err("a key is named as in KeyboardEvent.key: key Enter, key Control+A".to_owned()),
        "" => none(InputAct::Up(0)),
        other => Err(format!(
            "there is no command {other:?}; there are tap, click, drag, pinch, type, key, wheel, move, down, up, wait, at, after"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_what_to_do() {
        let point = |x, y| InputPlace::Point(x, y);
        let selector = |text: &str| InputPlace::Selector(text.to_owned());
        for (line, wait, act) in [
            ("tap 10, 20", None, Some(InputAct::Tap(point(10.0, 20.0)))),
            ("tap #a > b", None, Some(InputAct::Tap(selector("#a > b")))),
            (
                "at 1.5s key Control+A",
                Some(InputWait::At(Micros(1_500_000))),
                Some(InputAct::Key("Control+A".to_owned())),
            ),
            ("wait 20ms", Some(InputWait::For(Micros(20_000))), None),
            ("after load", Some(InputWait::Load), None),
            (
                "drag #a to 5,6 in 1s",
                None,
                Some(InputAct::Drag {
                    from: selector("#a"),
                    to: point(5.0, 6.0),
                    time: Micros(1_000_000),
                }),
            ),
            ("type \"a\\nb\"", None, Some(InputAct::Type("a\nb".to_owned()))),
            (
                "wheel 0,300 on #list",
                None,
                Some(InputAct::Wheel { by: (0.0, 300.0), at: Some(selector("#list")) }),
            ),
        ] {
            assert_eq!(step(line), Ok((wait, act)), "{line}");
        }
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, line, part) in [
            ("# a comment\n\nfly 1,2", 3, "no command \"fly\""),
            ("tap", 1, "a place is missing"),
            ("at noon tap 1,2", 1, "\"noon\" is no time"),
            ("after lunch", 1, "there is no \"after lunch\""),
            ("drag #a", 1, "drag PLACE to PLACE"),
            ("down thumb", 1, "no button \"thumb\""),
            ("type \"x", 1, "does not end with a quote"),
        ] {
            let mistake = parse(text).map_err(|mistake| (mistake.line, mistake.reason));
            match mistake {
                Err((at, reason)) => {
                    assert_eq!(at, line, "{text}");
                    assert!(reason.contains(part), "{text}: {reason}");
                }
                Ok(steps) => panic!("{text}: {steps:?}"),
            }
        }
    }
}
