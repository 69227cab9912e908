use std::{cell::RefCell, fmt::Debug, rc::Rc};

use virga_display_list::Frame;
use virga_engine::Host;
use virga_protocol::{
    Answer, Call, FetchFailure, Fetched, FromApp, Inbound, LogEntry, Micros, StorageReply,
};

use super::Log;

/// A log that is being played: what the app gets, and what it has to do.
pub(crate) struct Script {
    log: Log,
    next: usize,
    diverged: Option<String>,
}

impl Script {
    pub(crate) fn new(log: Log) -> Rc<RefCell<Self>> {
        Rc::new(RefCell::new(Self { log, next: 0, diverged: None }))
    }

    /// The next message for the app. `None` at the end of the log, or when the
    /// app did something else than the log says.
    pub(crate) fn next_inbound(&mut self) -> Option<Inbound> {
        match self.log.entries().get(self.next) {
            Some(LogEntry::In(inbound)) if self.diverged.is_none() => {
                self.next += 1;
                Some(inbound.clone())
            }
            Some(expected) if self.diverged.is_none() => {
                self.diverged =
                    Some(self.message(&short(expected), "nothing, and waited for a message"));
                None
            }
            _ => None,
        }
    }

    /// What the app did otherwise than the log says, if anything.
    pub(crate) fn diverged(&self) -> Option<&str> {
        self.diverged.as_deref()
    }

    /// Takes the next entry if `matching` recognizes it; else notes what the app
    /// did instead.
    fn expect<T>(
        &mut self,
        did: impl FnOnce() -> String,
        matching: impl FnOnce(&LogEntry) -> Option<T>,
    ) -> Option<T> {
        if self.diverged.is_some() {
            return None;
        }
        let entry = self.log.entries().get(self.next);
        if let Some(found) = entry.and_then(matching) {
            self.next += 1;
            return Some(found);
        }
        let expected = entry.map_or_else(|| "the end of the run".to_owned(), short);
        self.diverged = Some(self.message(&expected, &did()));
        None
    }

    fn message(&self, expected: &str, did: &str) -> String {
        // The header is line 1, entries count from 1.
        format!(
            "entry {} (line {}): the log has {expected}; the app did {did}",
            self.next + 1,
            self.next + 2
        )
    }
}

/// The host of an app that is replayed. What leaves the app is compared with
/// the log, then handed to `inner`, which shows it.
pub(crate) struct ScriptHost {
    script: Rc<RefCell<Script>>,
    last: Micros,
    inner: Box<dyn Host>,
}

impl ScriptHost {
    /// `inner` is asked no questions: answers come from the log.
    pub(crate) fn new(script: Rc<RefCell<Script>>, inner: Box<dyn Host>) -> Self {
        Self { script, last: Micros::ZERO, inner }
    }
}

impl Host for ScriptHost {
    fn send(&mut self, message: FromApp) {
        let same = self.script.borrow_mut().expect(
            || short(&message),
            |entry| matches!(entry, LogEntry::Out(logged) if *logged == message).then_some(()),
        );
        if same.is_some() {
            self.inner.send(message);
        }
    }

    fn frame(&mut self, frame: Frame) {
        let digest = frame.list.digest();
        let same = self.script.borrow_mut().expect(
            || format!("frame {} with the display list {digest}", frame.sequence),
            |entry| match entry {
                LogEntry::Frame { sequence, digest: logged } => {
                    (*sequence == frame.sequence && *logged == digest).then_some(())
                }
                _ => None,
            },
        );
        if same.is_some() {
            self.inner.frame(frame);
        }
    }

    fn call(&mut self, call: Call) -> Answer {
        let answer = self.script.borrow_mut().expect(
            || short(&call),
            |entry| match entry {
                LogEntry::Call(logged, answer) if *logged == call => Some(answer.clone()),
                _ => None,
            },
        );
        let answer = answer.unwrap_or_else(|| neutral(&call, self.last));
        if let Answer::Now(now) = answer {
            self.last = now;
        }
        answer
    }

    fn mark(&mut self, phase: virga_engine::Phase) {
        self.inner.mark(phase);
    }
}

/// An answer that lets an app that left its log come to an end soon.
fn neutral(call: &Call, last: Micros) -> Answer {
    match call {
        Call::Now => Answer::Now(last),
        Call::KeepRunning { .. } => Answer::KeepRunning(false),
        Call::Random { length } => Answer::Random(vec![0; *length as usize].into()),
        Call::ReadClipboard | Call::WriteClipboard(_) => {
            Answer::Clipboard(Err("the replay left its log".to_owned()))
        }
        Call::Fetch(request) => {
            Answer::Fetch(Fetched::Failed(FetchFailure::Dropped(request.url.clone())))
        }
        Call::Cookies { .. } => Answer::Cookies(String::new()),
        Call::Storage { .. } => {
            Answer::Storage(StorageReply::Failed("the replay left its log".to_owned()))
        }
    }
}

/// One line that a person can read and find in the file.
fn short(value: &impl Debug) -> String {
    const LIMIT: usize = 160;
    let text = format!("{value:?}");
    match text.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use virga_protocol::ToApp;

    struct Nobody;

    impl Host for Nobody {
        fn send(&mut self, _: FromApp) {}
        fn frame(&mut self, _: Frame) {}
        fn call(&mut self, _: Call) -> Answer {
            panic!("a replay asks nobody")
        }
    }

    fn wake(at: u64) -> LogEntry {
        LogEntry::In(Inbound { at: Micros(at), message: ToApp::Wake })
    }

    fn check(entries: Vec<LogEntry>, run: impl FnOnce(&mut ScriptHost), diverged: Option<&str>) {
        let script = Script::new(Log::of(entries));
        let mut host = ScriptHost::new(Rc::clone(&script), Box::new(Nobody));
        run(&mut host);
        while script.borrow_mut().next_inbound().is_some() {}
        let script = script.borrow();
        match (script.diverged(), diverged) {
            (None, None) => {}
            (Some(message), Some(part)) => {
                assert!(message.contains(part), "{message:?} should hold {part:?}");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_app_that_does_what_the_log_says_gets_its_answers() {
        check(
            vec![
                LogEntry::Call(Call::Now, Answer::Now(Micros(42))),
                LogEntry::Out(FromApp::Title("a".into())),
                wake(50),
            ],
            |host| {
                assert_eq!(host.call(Call::Now), Answer::Now(Micros(42)));
                host.send(FromApp::Title("a".into()));
            },
            None,
        );
    }

    #[test]
    fn what_differs_is_named_with_its_entry() {
        let title = || LogEntry::Out(FromApp::Title("a".into()));
        check(vec![title()], |host| host.send(FromApp::Closed), Some("entry 1 (line 2)"));
        check(vec![title()], |_| {}, Some("the app did nothing"));
        check(vec![wake(1)], |host| host.send(FromApp::Closed), Some("the log has In"));
        check(vec![], |host| host.send(FromApp::Closed), Some("the end of the run"));
        check(
            vec![title(), title()],
            |host| {
                host.send(FromApp::Title("a".into()));
                // Once it left the log, an app is led to its end.
                assert_eq!(host.call(Call::Now), Answer::Now(Micros::ZERO));
                let stop = Call::KeepRunning { slices: 1 };
                assert_eq!(host.call(stop), Answer::KeepRunning(false));
            },
            Some("entry 2 (line 3)"),
        );
    }
}
