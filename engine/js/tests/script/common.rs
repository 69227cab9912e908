//! A runtime on a clock that tests move, which can be told to stop scripts.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use virga_js::{
    Cx, Environment, Error, ErrorReport, Fallible, ModuleFetch, Runtime, RuntimeOptions,
    ScriptSource, Value, enter,
};

/// What the engine asks of its host, answered by a test.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) micros: Cell<u64>,
    pub(crate) wall: Cell<i64>,
    pub(crate) offset: Cell<i32>,
    /// Scripts are stopped after this many slices.
    pub(crate) patience: Cell<Option<u64>>,
    pub(crate) slices: Cell<u64>,
    pub(crate) modules: RefCell<BTreeMap<String, String>>,
    /// Fetches that were not answered at once.
    pub(crate) fetches: RefCell<Vec<ModuleFetch>>,
    pub(crate) slow_network: Cell<bool>,
    pub(crate) failures: RefCell<Vec<String>>,
}

impl World {
    /// Answers a fetch from the table of modules.
    pub(crate) fn answer(&self, cx: &mut Cx, fetch: ModuleFetch) {
        let url = fetch.specifier().trim_start_matches("./").to_owned();
        match self.modules.borrow().get(&url) {
            Some(text) => fetch.succeed_with_source(cx, &ScriptSource::new(text, &url)),
            None => fetch.fail(cx, Error::Type(format!("no module {url}"))),
        }
    }
}

impl Environment for World {
    fn monotonic_micros(&self) -> u64 {
        self.micros.get()
    }

    fn wall_millis(&self) -> i64 {
        self.wall.get()
    }

    fn utc_offset_seconds(&self, _: i64) -> i32 {
        self.offset.get()
    }

    fn keep_running(&self, slices: u64) -> bool {
        self.slices.set(slices);
        self.patience.get().is_none_or(|patience| slices < patience)
    }

    fn fetch_module(&self, cx: &mut Cx, fetch: ModuleFetch) {
        if self.slow_network.get() {
            self.fetches.borrow_mut().push(fetch);
        } else {
            self.answer(cx, fetch);
        }
    }

    fn job_failed(&self, _: &mut Cx, error: Error) {
        self.failures.borrow_mut().push(error.to_string());
    }
}

/// A runtime and its world.
pub(crate) struct Bench {
    pub(crate) world: Rc<World>,
    pub(crate) runtime: Runtime,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(RuntimeOptions { recursion_limit: 300, ..RuntimeOptions::default() })
    }

    pub(crate) fn with(options: RuntimeOptions) -> Self {
        let world = Rc::new(World::default());
        let environment: Rc<dyn Environment> = Rc::clone(&world) as _;
        let runtime = Runtime::new(environment, options).expect("a runtime");
        Self { world, runtime }
    }

    pub(crate) fn cx(&mut self) -> &mut Cx {
        self.runtime.cx()
    }

    /// Runs a classic script with everything that follows it.
    pub(crate) fn run(&mut self, text: &str) -> Fallible<Value> {
        let cx = self.runtime.cx();
        let realm = cx.realm();
        enter(cx, &realm, |cx| cx.evaluate_script(&ScriptSource::new(text, "test.js")))
    }

    /// Runs a script and shows what it gave, or what it threw.
    pub(crate) fn show(&mut self, text: &str) -> String {
        match self.run(text) {
            Ok(value) => self.text(&value),
            Err(error) => self.error(error),
        }
    }

    pub(crate) fn text(&mut self, value: &Value) -> String {
        let cx = self.runtime.cx();
        match value.to_string(cx) {
            Ok(text) => text.to_string(),
            Err(error) => format!("cannot show: {error}"),
        }
    }

    pub(crate) fn error(&mut self, error: Error) -> String {
        let cx = self.runtime.cx();
        match error.into_value(cx) {
            Ok(value) => ErrorReport::of(cx, &value).message,
            Err(error) => error.to_string(),
        }
    }

    #[track_caller]
    pub(crate) fn check(&mut self, text: &str, expected: &str) {
        assert_eq!(self.show(text), expected, "{text}");
    }
}
