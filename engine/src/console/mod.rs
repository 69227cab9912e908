//! Console: <https://console.spec.whatwg.org/>
//!
//! [`format`] turns the arguments of a call into text, [`inspect`] a value,
//! [`table`] rows and columns. The text leaves as a message; nothing here knows
//! where it is shown.

mod class;
mod format;
mod inspect;
mod node;
mod table;

use std::{cell::RefCell, rc::Rc};

use indexmap::IndexMap;
use virga_js::Trace;
use virga_js::{Cx, DomString, Error, ErrorReport, Fallible, Frame, Object, RealmData, Value};
use virga_protocol::{ConsoleLevel, Micros, SourcePosition};

use crate::{agent::EngineCx, generated::ConsoleMethods};

/// The namespace object `console`.
pub(crate) struct Console;

/// What the console of a realm remembers.
#[derive(Trace, Default)]
struct Memory {
    #[trace(skip)]
    counts: RefCell<IndexMap<DomString, u64>>,
    #[trace(skip)]
    timers: RefCell<IndexMap<DomString, Micros>>,
    /// <https://console.spec.whatwg.org/#concept-group-stack>: how deep.
    #[trace(skip)]
    groups: RefCell<usize>,
}

impl Memory {
    fn of(cx: &Cx) -> RealmData<Self> {
        let realm = cx.realm();
        loop {
            if let Some(memory) = realm.data::<Self>() {
                return memory;
            }
            realm.insert_data(Rc::new(Self::default()));
        }
    }
}

/// Groups deeper than this are not indented any further.
const DEEPEST_INDENT: usize = 32;

/// <https://console.spec.whatwg.org/#logger>
fn log(cx: &mut Cx, level: ConsoleLevel, data: &[Value]) {
    // 1.
    if data.is_empty() {
        return;
    }
    // 2. - 5.
    let text = format::format(cx, data);
    print(cx, level, &text);
}

/// <https://console.spec.whatwg.org/#printer>
fn print(cx: &Cx, level: ConsoleLevel, text: &str) {
    let indent = "  ".repeat((*Memory::of(cx).groups.borrow()).min(DEEPEST_INDENT));
    let text = match indent.as_str() {
        "" => text.to_owned(),
        indent => format!("{indent}{}", text.replace('\n', &format!("\n{indent}"))),
    };
    cx.engine().console(level, text, position(cx));
}

/// The name of the class that an object is of, if its prototypes tell.
pub(crate) fn class_name(cx: &mut Cx, object: &Object) -> Option<String> {
    class::classes(cx, object).into_iter().next()
}

fn warn(cx: &Cx, text: &str) {
    print(cx, ConsoleLevel::Warn, text);
}

/// A label for a line of text, with line breaks made visible.
fn shown(label: &DomString) -> String {
    label.to_str().replace('\n', "\\n")
}

/// A duration as consoles write it.
fn elapsed(cx: &Cx, since: Micros) -> String {
    let millis = cx.engine().now().saturating_sub(since).as_millis();
    format!("{millis:.3} ms")
}

/// The calls of script that led here, one per line, innermost first.
fn stack(cx: &Cx) -> String {
    const MOST: usize = 100;
    let lines: Vec<_> = cx
        .script_stack()
        .take(MOST)
        .map(|Frame { function, url, line, column }| match function.as_str() {
            "" => format!("    at {url}:{line}:{column}"),
            function => format!("    at {function} ({url}:{line}:{column})"),
        })
        .collect();
    lines.join("\n")
}

/// Where the running script is.
fn position(cx: &Cx) -> Option<SourcePosition> {
    let Frame { url, line, column, .. } = cx.script_stack().next()?;
    (!url.is_empty()).then_some(SourcePosition { url, line, column })
}

impl ConsoleMethods for Console {
    /// <https://console.spec.whatwg.org/#assert>
    fn assert(cx: &mut Cx, condition: bool, mut data: Vec<Value>) -> Fallible<()> {
        // 1.
        if condition {
            return Ok(());
        }
        // 2. - 4.
        match data.first().and_then(Value::as_string) {
            Some(first) => {
                data[0] = Value::from(DomString::from("Assertion failed: ").concat(&first));
            }
            None if data.is_empty() => data.push("Assertion failed".into()),
            None => data.insert(0, "Assertion failed:".into()),
        }
        // 5.
        log(cx, ConsoleLevel::Error, &data);
        Ok(())
    }

    /// Ends all groups; lines that are out cannot be taken back.
    fn clear(cx: &mut Cx) -> Fallible<()> {
        Memory::of(cx).groups.replace(0);
        Ok(())
    }

    fn debug(cx: &mut Cx, data: Vec<Value>) -> Fallible<()> {
        log(cx, ConsoleLevel::Debug, &data);
        Ok(())
    }

    fn error(cx: &mut Cx, data: Vec<Value>) -> Fallible<()> {
        log(cx, ConsoleLevel::Error, &data);
        Ok(())
    }

    fn info(cx: &mut Cx, data: Vec<Value>) -> Fallible<()> {
        log(cx, ConsoleLevel::Info, &data);
        Ok(())
    }

    fn log(cx: &mut Cx, data: Vec<Value>) -> Fallible<()> {
        log(cx, ConsoleLevel::Log, &data);
        Ok(())
    }

    fn table(cx: &mut Cx, data: Value, properties: Option<Vec<DomString>>) -> Fallible<()> {
        match table::table(cx, &data, properties.as_deref()) {
            Some(text) => print(cx, ConsoleLevel::Log, &text),
            // What has no rows is logged as it is.
            None => log(cx, ConsoleLevel::Log, &[data]),
        }
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#trace>
    fn trace(cx: &mut Cx, data: Vec<Value>) -> Fallible<()> {
        let mut text = String::from("Trace");
        if !data.is_empty() {
            text.push_str(": ");
            text.push_str(&format::format(cx, &data));
        }
        let stack = stack(cx);
        if !stack.is_empty() {
            text.push('\n');
            text.push_str(&stack);
        }
        print(cx, ConsoleLevel::Log, &text);
        Ok(())
    }

    fn warn(cx: &mut Cx, data: Vec<Value>) -> Fallible<()> {
        log(cx, ConsoleLevel::Warn, &data);
        Ok(())
    }

    fn dir(cx: &mut Cx, item: Value, _: Option<Option<Object>>) -> Fallible<()> {
        let text = inspect::inspect(cx, &item);
        print(cx, ConsoleLevel::Log, &text);
        Ok(())
    }

    fn dirxml(cx: &mut Cx, data: Vec<Value>) -> Fallible<()> {
        log(cx, ConsoleLevel::Log, &data);
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#count>
    fn count(cx: &mut Cx, label: DomString) -> Fallible<()> {
        let count = {
            let memory = Memory::of(cx);
            let mut counts = memory.counts.borrow_mut();
            let count = counts.entry(label.clone()).or_insert(0);
            *count += 1;
            *count
        };
        print(cx, ConsoleLevel::Info, &format!("{}: {count}", shown(&label)));
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#countreset>
    fn count_reset(cx: &mut Cx, label: DomString) -> Fallible<()> {
        let known = Memory::of(cx).counts.borrow_mut().get_mut(&label).map(|count| *count = 0);
        if known.is_none() {
            warn(cx, &format!("There is no count {:?}", shown(&label)));
        }
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#group>
    fn group(cx: &mut Cx, data: Vec<Value>) -> Fallible<()> {
        log(cx, ConsoleLevel::Log, &data);
        *Memory::of(cx).groups.borrow_mut() += 1;
        Ok(())
    }

    fn group_collapsed(cx: &mut Cx, data: Vec<Value>) -> Fallible<()> {
        Self::group(cx, data)
    }

    fn group_end(cx: &mut Cx) -> Fallible<()> {
        let memory = Memory::of(cx);
        let mut groups = memory.groups.borrow_mut();
        *groups = groups.saturating_sub(1);
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#time>
    fn time(cx: &mut Cx, label: DomString) -> Fallible<()> {
        let now = cx.engine().now();
        let running = Memory::of(cx).timers.borrow().contains_key(&label);
        if running {
            warn(cx, &format!("The timer {:?} is running already", shown(&label)));
        } else {
            Memory::of(cx).timers.borrow_mut().insert(label, now);
        }
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#timelog>
    fn time_log(cx: &mut Cx, label: DomString, data: Vec<Value>) -> Fallible<()> {
        let started = Memory::of(cx).timers.borrow().get(&label).copied();
        let Some(started) = started else {
            warn(cx, &format!("There is no timer {:?}", shown(&label)));
            return Ok(());
        };
        let mut text = format!("{}: {}", shown(&label), elapsed(cx, started));
        if !data.is_empty() {
            text.push(' ');
            text.push_str(&format::format_plain(cx, &data));
        }
        print(cx, ConsoleLevel::Log, &text);
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#timeend>
    fn time_end(cx: &mut Cx, label: DomString) -> Fallible<()> {
        let started = Memory::of(cx).timers.borrow_mut().shift_remove(&label);
        match started {
            Some(started) => {
                let text = format!("{}: {}", shown(&label), elapsed(cx, started));
                print(cx, ConsoleLevel::Info, &text);
            }
            None => warn(cx, &format!("There is no timer {:?}", shown(&label))),
        }
        Ok(())
    }
}

/// What a getter or conversion threw, for a line of text.
fn thrown(cx: &mut Cx, error: Error) -> String {
    match error.into_value(cx) {
        Ok(value) => format!("[threw {}]", ErrorReport::of(cx, &value).message),
        Err(_) => "[stopped]".to_owned(),
    }
}
