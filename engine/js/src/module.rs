//! Module scripts.
//!
//! A module is known by its URL, per realm. What it imports is fetched by the
//! host ([`Environment::fetch_module`]), which may answer at once or much later;
//! meanwhile the importing graph waits.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use boa_engine::module::{ModuleLoader, ModuleRequest, Referrer};
use boa_engine::{Context, JsObject, JsResult, Module as EngineModule};
use rustc_hash::FxHashMap;

use crate::runtime::Environment;
use crate::script::ScriptSource;
use crate::trace::{Trace, Tracer};
use crate::{Cx, Error, Fallible, Promise, Realm, raw};

/// A parsed module. Traced; cloning is a counter.
#[derive(Clone)]
pub struct Module {
    module: EngineModule,
}

impl Module {
    /// Parses a module for the current realm and remembers it under its URL.
    ///
    /// # Errors
    /// A `SyntaxError`.
    pub fn parse(cx: &mut Cx, source: &ScriptSource<'_>) -> Fallible<Self> {
        source.check_nesting()?;
        let parsed =
            source.with_source(|source| EngineModule::parse(source, None, cx.context_mut()));
        match parsed {
            Ok(module) => Ok(Self { module }),
            Err(error) => Err(cx.syntax_error(error, source)),
        }
    }

    /// A module whose default export is the value of this JSON text.
    ///
    /// # Errors
    /// A `SyntaxError`.
    pub fn parse_json(cx: &mut Cx, text: &str) -> Fallible<Self> {
        let result = EngineModule::parse_json(crate::DomString::from(text).0, cx.context_mut());
        cx.lift(result).map(|module| Self { module })
    }

    /// Fetches what the module imports, links it and runs it. The promise is
    /// settled when the graph, top-level `await` included, is done. Call it inside
    /// [`enter`](crate::enter); modules run without a budget.
    #[must_use]
    pub fn run(&self, cx: &mut Cx) -> Promise {
        let promise = self.module.load_link_evaluate(cx.context_mut());
        match Promise::from_object(&crate::Object(promise.into())) {
            Some(promise) => promise,
            None => unreachable!("the engine returns a promise"),
        }
    }
}

impl Trace for Module {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.visit(&self.module);
    }
}

/// One module that is needed and not there yet. Dropping it unanswered fails the
/// import.
pub struct ModuleFetch {
    specifier: String,
    referrer: String,
    attributes: Vec<(String, String)>,
    realm: Realm,
    slot: Rc<Slot>,
}

/// Where the answer is put for the waiting import.
struct Slot {
    answer: RefCell<Option<Fallible<Module>>>,
    waker: RefCell<Option<Waker>>,
}

impl ModuleFetch {
    /// The text of the import.
    #[must_use]
    pub fn specifier(&self) -> &str {
        &self.specifier
    }

    /// The URL of the importing script or module; empty if it has none.
    #[must_use]
    pub fn referrer(&self) -> &str {
        &self.referrer
    }

    /// The import attributes (`with { type: "json" }`).
    #[must_use]
    pub fn attributes(&self) -> &[(String, String)] {
        &self.attributes
    }

    /// The realm that imports.
    #[must_use]
    pub fn realm(&self) -> &Realm {
        &self.realm
    }

    /// The module known under this URL in the importing realm, if there is one;
    /// it may still be in the making.
    #[must_use]
    pub fn known(&self, cx: &Cx, url: &str) -> Option<Module> {
        cx.known_module(&self.realm, url)
    }

    /// Answers with a module.
    pub fn succeed(self, cx: &mut Cx, module: Module) {
        let _ = cx;
        self.slot.put(Ok(module));
    }

    /// Parses the text and answers with the module, remembered under its URL.
    pub fn succeed_with_source(self, cx: &mut Cx, source: &ScriptSource<'_>) {
        let realm = self.realm.clone();
        let parsed = cx.in_realm(&realm, |cx| match cx.known_module(&realm, source.url) {
            Some(module) => Ok(module),
            None => {
                let module = Module::parse(cx, source)?;
                cx.remember_module(&realm, source.url, module.clone());
                Ok(module)
            }
        });
        self.slot.put(parsed);
    }

    /// Answers with an error, which rejects the import.
    pub fn fail(self, cx: &mut Cx, error: Error) {
        let _ = cx;
        self.slot.put(Err(error));
    }
}

impl Drop for ModuleFetch {
    fn drop(&mut self) {
        if self.slot.answer.borrow().is_none() {
            let message = format!("loading module \"{}\" was abandoned", self.specifier);
            self.slot.put(Err(Error::Type(message)));
        }
    }
}

impl Slot {
    fn put(&self, answer: Fallible<Module>) {
        let mut slot = self.answer.borrow_mut();
        if slot.is_none() {
            *slot = Some(answer);
        }
        drop(slot);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Cx {
    /// The module known under this URL in a realm.
    #[must_use]
    pub fn known_module(&self, realm: &Realm, url: &str) -> Option<Module> {
        let loader = &self.state().loader;
        let modules = loader.modules.borrow();
        modules.get(&(realm.global_object().address(), url.to_owned())).cloned()
    }

    /// Remembers a module under its URL, so that importing it again gives the
    /// same one.
    pub fn remember_module(&mut self, realm: &Realm, url: &str, module: Module) {
        let key = (realm.global_object().address(), url.to_owned());
        let old = self.state().loader.modules.borrow_mut().insert(key, module);
        drop(old);
    }

    /// Forgets the modules of a realm that goes away.
    pub fn forget_modules(&mut self, realm: &Realm) {
        let global = realm.global_object().address();
        let state = Rc::clone(self.state());
        let mut modules = state.loader.modules.borrow_mut();
        let gone: Vec<_> = modules.extract_if(|key, _| key.0 == global).collect();
        drop(modules);
        drop(gone);
    }
}

/// The engine's side of loading.
pub(crate) struct Loader {
    environment: Rc<dyn Environment>,
    /// By global object and URL. Roots, until the realm's are forgotten.
    modules: RefCell<FxHashMap<(usize, String), Module>>,
}

impl Loader {
    pub(crate) fn new(environment: Rc<dyn Environment>) -> Self {
        Self { environment, modules: RefCell::default() }
    }

    pub(crate) fn clear(&self) {
        drop(self.modules.take());
    }
}

fn url_of(path: Option<&std::path::Path>) -> String {
    path.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
}

impl ModuleLoader for Loader {
    async fn load_imported_module(
        self: Rc<Self>,
        referrer: Referrer,
        request: ModuleRequest,
        context: &RefCell<&mut Context>,
    ) -> JsResult<EngineModule> {
        let slot = Rc::new(Slot { answer: RefCell::new(None), waker: RefCell::new(None) });
        {
            let mut context = context.borrow_mut();
            let cx = raw::cx(&mut context);
            let realm = match &referrer {
                Referrer::Module(module) => Realm(module.realm().clone()),
                Referrer::Script(script) => Realm(script.realm().clone()),
                Referrer::Realm(realm) => Realm(realm.clone()),
            };
            let fetch = ModuleFetch {
                specifier: request.specifier().to_std_string_lossy(),
                referrer: url_of(referrer.path()),
                attributes: request
                    .attributes()
                    .iter()
                    .map(|attribute| {
                        let text = |text: &boa_engine::JsString| text.to_std_string_lossy();
                        (text(attribute.key()), text(attribute.value()))
                    })
                    .collect(),
                realm,
                slot: Rc::clone(&slot),
            };
            self.environment.fetch_module(cx, fetch);
        }
        let answer = poll_fn(|task| match slot.answer.take() {
            Some(answer) => Poll::Ready(answer),
            None => {
                *slot.waker.borrow_mut() = Some(task.waker().clone());
                Poll::Pending
            }
        })
        .await;
        match answer {
            Ok(module) => Ok(module.module),
            Err(error) => {
                let mut context = context.borrow_mut();
                Err(error.into_js(raw::cx(&mut context)))
            }
        }
    }

    fn init_import_meta(
        self: Rc<Self>,
        import_meta: &JsObject,
        module: &EngineModule,
        context: &mut Context,
    ) {
        let url = url_of(module.path());
        let cx = raw::cx(context);
        self.environment.import_meta(cx, &crate::Object(import_meta.clone()), &url);
    }
}
