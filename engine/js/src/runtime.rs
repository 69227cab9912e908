//! The runtime: one script engine for one thread, and what it asks of its host.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use boa_engine::Context;
use boa_engine::context::Clock;
use boa_engine::context::time::JsInstant;

use crate::enter::EntryPoint;
use crate::exotic::Identities;
use crate::heap::Witness;
use crate::hooks::Hooks;
use crate::jobs::Jobs;
use crate::module::{Loader, ModuleFetch};
use crate::random::Random;
use crate::rejection::Rejections;
use crate::{Cx, DomExceptionFactory, Error, Fallible, Realm, raw};

/// What the engine asks of its host. The engine has no clock, no randomness and
/// no way to fetch of its own.
pub trait Environment {
    /// Time since some fixed start, in microseconds; never goes back.
    fn monotonic_micros(&self) -> u64;

    /// The wall clock, in milliseconds since 1970-01-01 UTC: what `Date.now()`
    /// says.
    fn wall_millis(&self) -> i64;

    /// How far local time is ahead of UTC at that moment, in seconds.
    fn utc_offset_seconds(&self, unix_seconds: i64) -> i32 {
        let _ = unix_seconds;
        0
    }

    /// Asked after each slice of a running script, and now and then in a long row
    /// of microtasks: whether to go on. `slices` counts from the entry into
    /// script. May block while a person is asked; must not touch the engine.
    fn keep_running(&self, slices: u64) -> bool {
        let _ = slices;
        true
    }

    /// A module is needed that is not there: resolve its specifier and start a
    /// fetch, whose end is told to the [`ModuleFetch`], now or later. The default
    /// refuses.
    fn fetch_module(&self, cx: &mut Cx, fetch: ModuleFetch) {
        let message = format!("cannot load module \"{}\": not supported here", fetch.specifier());
        fetch.fail(cx, Error::Type(message));
    }

    /// The properties of `import.meta` for the module at this URL.
    fn import_meta(&self, cx: &mut Cx, meta: &crate::Object, url: &str) {
        let _ = cx;
        meta.put("url", crate::Property::data(url, crate::Flags::ALL));
    }

    /// Whether `eval` and `new Function` may compile this text in the current
    /// realm. `Err` is thrown.
    ///
    /// # Errors
    /// What script shall get instead of the compiled text.
    fn allow_compile(&self, cx: &mut Cx, source: &crate::DomString) -> Fallible<()> {
        let _ = (cx, source);
        Ok(())
    }

    /// A job of the engine that is to run after this many milliseconds, to be run
    /// with [`TimedJob::run`]; dropping it cancels it. The default drops it.
    fn set_timer(&self, cx: &mut Cx, job: TimedJob) {
        let _ = (cx, job);
    }

    /// A microtask of the engine failed outside of any promise.
    fn job_failed(&self, cx: &mut Cx, error: Error) {
        let _ = (cx, error);
    }
}

pub use crate::jobs::TimedJob;

/// How a [`Runtime`] is set up.
#[derive(Clone, Debug)]
pub struct RuntimeOptions {
    /// How deep calls may nest. Calls through native code need a large thread
    /// stack: reckon with 2 kB a level (20 kB in a debug build).
    pub recursion_limit: usize,
    /// Instructions that script runs before [`Environment::keep_running`] is
    /// asked.
    pub slice: u32,
    /// Rounds after which a single activation of a loop is stopped without
    /// asking. This catches loops inside calls that native code made, which
    /// cannot be interrupted.
    pub loop_limit: u64,
    /// What `Math.random` starts from.
    pub random_seed: u64,
    /// Leaves the engine's own built-ins in place where there are faster ones that
    /// behave the same: to compare the two.
    pub slow_built_ins: bool,
}

impl Default for RuntimeOptions {
    fn default() -> Self {
        Self {
            recursion_limit: 10_000,
            slice: 100_000,
            loop_limit: 1_000_000_000,
            random_seed: 0,
            slow_built_ins: false,
        }
    }
}

/// A script engine. Lives on the thread that made it.
pub struct Runtime {
    context: Box<Context>,
}

/// What the runtime keeps beside the engine's context. Handles in it are roots.
pub(crate) struct State {
    pub(crate) environment: Rc<dyn Environment>,
    pub(crate) options: RuntimeOptions,
    pub(crate) random: Random,
    pub(crate) identities: Identities,
    pub(crate) dom_exception: Cell<Option<DomExceptionFactory>>,
    pub(crate) jobs: Rc<Jobs>,
    pub(crate) loader: Rc<Loader>,
    pub(crate) rejections: Rejections,
    /// The global `this` of the realm that is being made.
    pub(crate) next_global_this: Rc<RefCell<Option<boa_engine::JsObject>>>,
    /// Where the newest value was thrown that does not know it itself.
    pub(crate) thrown: RefCell<Option<crate::script::Thrown>>,
    /// The script through which outermost calls go.
    pub(crate) entry_point: OnceCell<EntryPoint>,
    /// The realms of the entries into script that are on the stack.
    incumbents: RefCell<Vec<Realm>>,
    /// Compiled regular expressions.
    pub(crate) regexps: crate::fast::regexp::Cache,
    /// How many entries into script are on the stack.
    pub(crate) entries: Cell<u32>,
    /// How many calls between native functions are on the stack.
    pub(crate) native_depth: Cell<usize>,
    /// Engine frames left behind by scripts that were stopped.
    pub(crate) stale_frames: Cell<usize>,
    /// A script was told to stop and is being left.
    pub(crate) stopping: Cell<bool>,
    /// See `Cx::compile_function`.
    pub(crate) function_ids: Cell<u32>,
    /// See `crate::settle`.
    pub(crate) pending_marker: OnceCell<crate::Object>,
    /// The pending properties that script has used, by global object.
    pub(crate) touched: RefCell<Vec<(crate::Object, &'static str)>>,
    /// Why no script runs any more.
    pub(crate) poisoned: RefCell<Option<String>>,
    pub(crate) witness: Witness,
}

impl State {
    /// Script of `realm` is entered. What comes back is for [`Self::pop_incumbent`].
    pub(crate) fn push_incumbent(&self, realm: Realm) -> usize {
        let mut incumbents = self.incumbents.borrow_mut();
        incumbents.push(realm);
        incumbents.len() - 1
    }

    /// That entry is over.
    pub(crate) fn pop_incumbent(&self, depth: usize) {
        let left = self.incumbents.borrow_mut().split_off(depth);
        drop(left);
    }

    pub(crate) fn incumbent(&self) -> Option<Realm> {
        self.incumbents.borrow().last().cloned()
    }
}

impl Runtime {
    /// A runtime with one realm, which is current ([`Cx::realm`]).
    ///
    /// # Errors
    /// If the engine cannot be set up.
    pub fn new(environment: Rc<dyn Environment>, options: RuntimeOptions) -> Fallible<Self> {
        let jobs = Rc::new(Jobs::default());
        let loader = Rc::new(Loader::new(Rc::clone(&environment)));
        let next_global_this = Rc::new(RefCell::new(None));
        let context = Context::builder()
            .clock(Rc::new(HostClock(Rc::clone(&environment))))
            .host_hooks(Rc::new(Hooks {
                environment: Rc::clone(&environment),
                next_global_this: Rc::clone(&next_global_this),
            }))
            .job_executor(Rc::clone(&jobs))
            .module_loader(Rc::clone(&loader))
            .build();
        let context = context.map_err(|error| Error::Panicked(error.to_string()))?;
        let mut context = Box::new(context);
        let limits = context.runtime_limits_mut();
        limits.set_recursion_limit(options.recursion_limit);
        limits.set_stack_size_limit(options.recursion_limit.saturating_mul(64).max(10_240));
        limits.set_loop_iteration_limit(options.loop_limit);
        let state = State {
            environment,
            random: Random::new(options.random_seed),
            options,
            identities: Identities::default(),
            dom_exception: Cell::new(None),
            jobs,
            loader,
            rejections: Rejections::default(),
            next_global_this,
            thrown: RefCell::new(None),
            entry_point: OnceCell::new(),
            incumbents: RefCell::default(),
            regexps: crate::fast::regexp::Cache::default(),
            entries: Cell::new(0),
            native_depth: Cell::new(0),
            stale_frames: Cell::new(0),
            stopping: Cell::new(false),
            function_ids: Cell::new(u32::MAX),
            pending_marker: OnceCell::new(),
            touched: RefCell::default(),
            poisoned: RefCell::new(None),
            witness: Witness::new(),
        };
        context.insert_data(Rc::new(state));
        let mut runtime = Self { context };
        crate::realm::initialize(runtime.cx())?;
        Ok(runtime)
    }

    /// The context, with the first realm as the current one.
    pub fn cx(&mut self) -> &mut Cx {
        raw::cx(&mut self.context)
    }

    /// The first realm.
    pub fn realm(&mut self) -> Realm {
        self.cx().realm()
    }

    /// Whether native code panicked, so that no script may run any more.
    #[must_use]
    pub fn is_poisoned(&mut self) -> bool {
        self.cx().state().poisoned.borrow().is_some()
    }
}

impl Drop for Runtime {
    /// Lets go of everything and collects it, so that the thread's heap is empty
    /// again (it outlives the runtime).
    fn drop(&mut self) {
        let state = Rc::clone(self.cx().state());
        state.jobs.clear();
        state.loader.clear();
        state.rejections.clear();
        drop(state);
        // The context goes after this; what it leaves is collected by the next
        // runtime of the thread, or when the thread ends.
    }
}

struct HostClock(Rc<dyn Environment>);

impl Clock for HostClock {
    fn now(&self) -> JsInstant {
        let micros = self.0.monotonic_micros();
        let nanos = (micros % 1_000_000) as u32 * 1000;
        JsInstant::new(micros / 1_000_000, nanos)
    }

    fn system_time_millis(&self) -> i64 {
        self.0.wall_millis()
    }
}
