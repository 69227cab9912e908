//! The members of the global object that script sees.

use std::rc::Rc;

use virga_js::{
    Cx, DomExceptionName, DomString, Error, Fallible, Obj, Object, Value,
    webidl::{self, ByteString},
};
use virga_protocol::ConsoleLevel;

use super::{
    BarProp, Global, GlobalScope, MediaQueryList, Screen, VisualViewport, Window, bars::bar,
    messaging, rendering,
};
use crate::{
    agent::EngineCx,
    base64,
    custom_elements::CustomElementRegistry,
    dom::{Document, Element},
    error,
    events::report_exception,
    generated::{
        AnimationFrameProviderMethods, DOMStringOrFunction, FrameRequestCallback,
        IdleRequestCallback, IdleRequestOptions, ScrollToOptions, StructuredSerializeOptions,
        VoidFunction, WindowMethods, WindowOrWorkerGlobalScopeMethods,
    },
    interfaces::{CSSStyleDeclaration, History, Location, Navigator, Selection},
    loading::{self, NavigationHistory, entry_window},
    navigable::{
        Navigable,
        auxiliary::{self, Opening},
        named, proxy_value,
    },
    timers,
};

impl WindowMethods for Obj<Window> {
    fn window(&self, _: &mut Cx) -> Obj<Window> {
        self.clone()
    }

    fn self_(&self, _: &mut Cx) -> Obj<Window> {
        self.clone()
    }

    fn document(&self, cx: &mut Cx) -> Obj<Document> {
        match cx.wrap_as(self.document_id()) {
            Some(document) => document,
            None => unreachable!("a document's wrapper is a Document"),
        }
    }

    /// <https://html.spec.whatwg.org/#apis-for-creating-and-navigating-browsing-contexts-by-name>:
    /// the navigable's, which stays when its documents go.
    fn name(&self, cx: &mut Cx) -> DomString {
        navigable(cx, self).map_or_else(DomString::empty, |navigable| navigable.name().into())
    }

    fn set_name(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        if let Some(navigable) = navigable(cx, self) {
            navigable.set_name(value.to_str().into_owned());
        }
        Ok(())
    }

    fn location(&self, cx: &mut Cx) -> Obj<Location> {
        crate::location::location(cx, self)
    }

    fn custom_elements(&self, cx: &mut Cx) -> Obj<CustomElementRegistry> {
        self.singleton(cx, |_| CustomElementRegistry::default())
    }

    fn history(&self, cx: &mut Cx) -> Obj<History> {
        crate::history::history(cx, self)
    }

    fn navigator(&self, cx: &mut Cx) -> Obj<Navigator> {
        crate::navigator::navigator(cx)
    }

    /// <https://w3c.github.io/selection-api/#dom-window-getselection>
    fn get_selection(&self, cx: &mut Cx) -> Fallible<Option<Obj<Selection>>> {
        Ok(crate::selection::of_document(cx, self.document_id()))
    }

    fn origin_agent_cluster(&self, _: &mut Cx) -> bool {
        true
    }

    /// <https://html.spec.whatwg.org/#dom-window-close>
    fn close(&self, cx: &mut Cx) -> Fallible<()> {
        if let Some(navigable) = navigable(cx, self) {
            auxiliary::request_close(cx, &navigable);
        }
        Ok(())
    }

    fn closed(&self, cx: &mut Cx) -> bool {
        let agent = cx.engine();
        agent.is_closing()
            || agent.window_with(self.id()).is_none()
            || navigable(cx, self).is_some_and(|own| own.is_closing())
    }

    fn stop(&self, cx: &mut Cx) -> Fallible<()> {
        loading::stop(cx);
        Ok(())
    }

    fn focus(&self, cx: &mut Cx) -> Fallible<()> {
        crate::navigable::input::focus_window(cx, self);
        Ok(())
    }

    fn blur(&self, _: &mut Cx) -> Fallible<()> {
        Ok(())
    }

    fn frames(&self, _: &mut Cx) -> Obj<Window> {
        self.clone()
    }

    fn locationbar(&self, cx: &mut Cx) -> Obj<BarProp> {
        bar(cx, self, "locationbar")
    }

    fn menubar(&self, cx: &mut Cx) -> Obj<BarProp> {
        bar(cx, self, "menubar")
    }

    fn personalbar(&self, cx: &mut Cx) -> Obj<BarProp> {
        bar(cx, self, "personalbar")
    }

    fn scrollbars(&self, cx: &mut Cx) -> Obj<BarProp> {
        bar(cx, self, "scrollbars")
    }

    fn statusbar(&self, cx: &mut Cx) -> Obj<BarProp> {
        bar(cx, self, "statusbar")
    }

    fn toolbar(&self, cx: &mut Cx) -> Obj<BarProp> {
        bar(cx, self, "toolbar")
    }

    /// <https://html.spec.whatwg.org/#dom-length>
    fn length(&self, cx: &mut Cx) -> u32 {
        let agent = cx.engine();
        let count = navigable(cx, self).map_or(0, |own| agent.navigables.children(&own).len());
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// <https://html.spec.whatwg.org/#dom-top>
    fn top(&self, cx: &mut Cx) -> Value {
        let Some(own) = navigable(cx, self) else { return Value::null() };
        let top = cx.engine().navigables.top_of(&own);
        proxy_value(cx, &top)
    }

    fn opener(&self, cx: &mut Cx) -> Value {
        let agent = cx.engine();
        let opener = navigable(cx, self).and_then(|own| auxiliary::opener(&agent, &own));
        match opener {
            Some(opener) => proxy_value(cx, &opener),
            None => Value::null(),
        }
    }

    /// <https://html.spec.whatwg.org/#dom-opener>
    fn set_opener(&self, cx: &mut Cx, value: Value) -> Fallible<()> {
        if value.is_null() {
            if let Some(own) = navigable(cx, self) {
                own.disown_opener();
            }
            return Ok(());
        }
        webidl::replace(cx, &self.value(), "opener", &value)?;
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-parent>
    fn parent(&self, cx: &mut Cx) -> Value {
        let agent = cx.engine();
        let Some(own) = navigable(cx, self) else { return Value::null() };
        let parent = match own.container() {
            Some(element) => {
                agent.window_of(element).and_then(|window| agent.navigable_of(&window))
            }
            None => Some(own),
        };
        match parent {
            Some(parent) => proxy_value(cx, &parent),
            None => Value::null(),
        }
    }

    /// <https://html.spec.whatwg.org/#dom-frameelement>
    fn frame_element(&self, cx: &mut Cx) -> Option<Obj<Element>> {
        let element = navigable(cx, self)?.container()?;
        let outer = cx.engine().window_of(element)?;
        // 4. Only a document of the same origin.
        (outer.security_origin() == cx.window().security_origin()).then_some(())?;
        cx.wrap_as(element)
    }

    /// <https://html.spec.whatwg.org/#window-open-steps>
    fn open(
        &self,
        cx: &mut Cx,
        url: String,
        target: DomString,
        features: DomString,
    ) -> Fallible<Value> {
        let agent = cx.engine();
        // 1.
        let Some(source) = navigable(cx, self).filter(|_| !agent.is_unloading()) else {
            return Ok(Value::null());
        };
        // 4.
        let parsed = if url.is_empty() {
            None
        } else {
            let parsed = entry_window(cx).parse_url(&agent, &url);
            Some(parsed.map_err(|error| {
                Error::dom(
                    DomExceptionName::Syntax,
                    format!("Window.open: {url:?} is not a valid URL: {error}"),
                )
            })?)
        };
        let target = target.to_str();
        let target = if target.is_empty() { "_blank" } else { &*target };
        let opening = Opening::of_features(&features.to_str());
        cx.in_realm(self.realm(), |cx| {
            // 12, 15.
            let chosen = named::choose(&agent, &source, target);
            match chosen {
                Some(chosen) => {
                    if !named::may_navigate(cx, &source, &chosen) {
                        return Ok(Value::null());
                    }
                    if let Some(url) = parsed {
                        loading::navigate_in(cx, &chosen, url, NavigationHistory::Push);
                    }
                    Ok(if opening.noopener { Value::null() } else { proxy_value(cx, &chosen) })
                }
                None => {
                    let Some(new) = auxiliary::open(cx, target, opening) else {
                        return Ok(Value::null());
                    };
                    if let Some(url) = parsed
                        && auxiliary::first_address(cx, &new, &url)
                    {
                        loading::navigate_opened(cx, &new, url, opening);
                    }
                    // 17.
                    Ok(if opening.noopener { Value::null() } else { proxy_value(cx, &new) })
                }
            }
        })
    }

    fn alert(&self, cx: &mut Cx) -> Fallible<()> {
        no_dialog(cx, "alert", "");
        Ok(())
    }

    fn alert_with_message(&self, cx: &mut Cx, message: DomString) -> Fallible<()> {
        no_dialog(cx, "alert", &message.to_str());
        Ok(())
    }

    fn confirm(&self, cx: &mut Cx, message: DomString) -> Fallible<bool> {
        no_dialog(cx, "confirm", &message.to_str());
        Ok(false)
    }

    fn prompt(&self, cx: &mut Cx, message: DomString, _: DomString) -> Fallible<Option<DomString>> {
        no_dialog(cx, "prompt", &message.to_str());
        Ok(None)
    }

    /// <https://html.spec.whatwg.org/#dom-window-postmessage>
    fn post_message(
        &self,
        cx: &mut Cx,
        message: Value,
        options: Value,
        transfer: Vec<Object>,
    ) -> Fallible<()> {
        let (origin, transfer) = messaging::read_options(cx, &options, transfer)?;
        messaging::post_message(cx, self, message, &origin, transfer)
    }

    fn event(&self, _: &mut Cx) -> Value {
        self.current_event.get().map_or_else(Value::undefined, |event| event.value())
    }

    fn match_media(&self, cx: &mut Cx, query: DomString) -> Fallible<Obj<MediaQueryList>> {
        Ok(super::media::match_media(cx, self, &query.to_str()))
    }

    fn inner_width(&self, cx: &mut Cx) -> f64 {
        rendering::fit_window(&cx.engine(), self);
        f64::from(self.viewport().width)
    }

    fn inner_height(&self, cx: &mut Cx) -> f64 {
        rendering::fit_window(&cx.engine(), self);
        f64::from(self.viewport().height)
    }

    fn scroll_x(&self, cx: &mut Cx) -> f64 {
        self.scroll_offset(cx).0
    }

    fn page_x_offset(&self, cx: &mut Cx) -> f64 {
        self.scroll_offset(cx).0
    }

    fn scroll_y(&self, cx: &mut Cx) -> f64 {
        self.scroll_offset(cx).1
    }

    fn page_y_offset(&self, cx: &mut Cx) -> f64 {
        self.scroll_offset(cx).1
    }

    fn scroll(&self, cx: &mut Cx, options: ScrollToOptions) -> Fallible<()> {
        self.scroll_to(cx, options)
    }

    fn scroll_with_x_and_y(&self, cx: &mut Cx, x: f64, y: f64) -> Fallible<()> {
        self.scroll_to_with_x_and_y(cx, x, y)
    }

    /// <https://drafts.csswg.org/cssom-view/#dom-window-scroll>; every behaviour
    /// is instant.
    fn scroll_to(&self, cx: &mut Cx, options: ScrollToOptions) -> Fallible<()> {
        let (x, y) = self.scroll_offset(cx);
        let x = options.left.map_or(x, finite);
        let y = options.top.map_or(y, finite);
        rendering::scroll_document(cx, x, y);
        Ok(())
    }

    fn scroll_to_with_x_and_y(&self, cx: &mut Cx, x: f64, y: f64) -> Fallible<()> {
        rendering::scroll_document(cx, finite(x), finite(y));
        Ok(())
    }

    fn scroll_by(&self, cx: &mut Cx, options: ScrollToOptions) -> Fallible<()> {
        let (x, y) = (options.left.map_or(0.0, finite), options.top.map_or(0.0, finite));
        self.scroll_by_with_x_and_y(cx, x, y)
    }

    fn scroll_by_with_x_and_y(&self, cx: &mut Cx, x: f64, y: f64) -> Fallible<()> {
        let at = self.scroll_offset(cx);
        rendering::scroll_document(cx, at.0 + finite(x), at.1 + finite(y));
        Ok(())
    }

    fn screen_x(&self, _: &mut Cx) -> i32 {
        0
    }

    fn screen_y(&self, _: &mut Cx) -> i32 {
        0
    }

    fn outer_width(&self, cx: &mut Cx) -> f64 {
        self.inner_width(cx)
    }

    fn outer_height(&self, cx: &mut Cx) -> f64 {
        self.inner_height(cx)
    }

    fn device_pixel_ratio(&self, _: &mut Cx) -> f64 {
        f64::from(self.viewport().scale)
    }

    fn screen(&self, cx: &mut Cx) -> Obj<Screen> {
        self.singleton(cx, |_| Screen)
    }

    fn visual_viewport(&self, cx: &mut Cx) -> Obj<VisualViewport> {
        self.singleton(cx, |_| VisualViewport::new())
    }

    fn screen_left(&self, cx: &mut Cx) -> i32 {
        self.screen_x(cx)
    }

    fn screen_top(&self, cx: &mut Cx) -> i32 {
        self.screen_y(cx)
    }

    /// Where an app's window is and how large is the user's to say: nothing
    /// happens, as in a browser's main window.
    fn move_to(&self, _: &mut Cx, _: i32, _: i32) -> Fallible<()> {
        Ok(())
    }

    fn move_by(&self, _: &mut Cx, _: i32, _: i32) -> Fallible<()> {
        Ok(())
    }

    fn resize_to(&self, _: &mut Cx, _: i32, _: i32) -> Fallible<()> {
        Ok(())
    }

    fn resize_by(&self, _: &mut Cx, _: i32, _: i32) -> Fallible<()> {
        Ok(())
    }

    fn get_computed_style(
        &self,
        cx: &mut Cx,
        element: Obj<Element>,
        pseudo: Option<Option<DomString>>,
    ) -> Fallible<Obj<CSSStyleDeclaration>> {
        let pseudo = pseudo.flatten().map(|pseudo| pseudo.to_str().into_owned());
        Ok(crate::cssom::computed_style(cx, element, pseudo.as_deref()))
    }

    fn request_idle_callback(
        &self,
        cx: &mut Cx,
        callback: IdleRequestCallback,
        options: IdleRequestOptions,
    ) -> Fallible<u32> {
        Ok(self.request_idle(cx, callback, options.timeout))
    }

    fn cancel_idle_callback(&self, _: &mut Cx, handle: u32) -> Fallible<()> {
        self.cancel_idle(handle);
        Ok(())
    }
}

impl AnimationFrameProviderMethods for Obj<Window> {
    fn request_animation_frame(&self, _: &mut Cx, callback: FrameRequestCallback) -> Fallible<u32> {
        Ok(self.request_frame(callback))
    }

    fn cancel_animation_frame(&self, _: &mut Cx, handle: u32) -> Fallible<()> {
        self.cancel_frame(handle);
        Ok(())
    }
}

impl<T: Global> WindowOrWorkerGlobalScopeMethods for Obj<T> {
    fn origin(&self, _: &mut Cx) -> String {
        self.upcast::<GlobalScope>().origin()
    }

    fn is_secure_context(&self, _: &mut Cx) -> bool {
        self.upcast::<GlobalScope>().is_secure_context()
    }

    fn cross_origin_isolated(&self, _: &mut Cx) -> bool {
        self.upcast::<GlobalScope>().is_cross_origin_isolated()
    }

    fn report_error(&self, cx: &mut Cx, error: Value) -> Fallible<()> {
        report_exception(cx, Error::Thrown(error));
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-btoa>
    fn btoa(&self, _: &mut Cx, data: DomString) -> Fallible<DomString> {
        match data.to_latin1() {
            Some(bytes) => Ok(DomString::from(base64::encode(&bytes))),
            None => Err(error::invalid_character(
                "Window.btoa: the text contains characters above U+00FF",
            )),
        }
    }

    /// <https://html.spec.whatwg.org/#dom-atob>
    fn atob(&self, _: &mut Cx, data: DomString) -> Fallible<ByteString> {
        match base64::decode(&data.to_str()) {
            Some(bytes) => Ok(ByteString(bytes)),
            None => Err(error::invalid_character("Window.atob: the text is not correctly encoded")),
        }
    }

    fn set_timeout(
        &self,
        cx: &mut Cx,
        handler: DOMStringOrFunction,
        timeout: i32,
        arguments: Vec<Value>,
    ) -> Fallible<i32> {
        Ok(timers::set(cx, handler, timeout, arguments, false))
    }

    fn clear_timeout(&self, cx: &mut Cx, id: i32) -> Fallible<()> {
        timers::clear(cx, id);
        Ok(())
    }

    fn set_interval(
        &self,
        cx: &mut Cx,
        handler: DOMStringOrFunction,
        timeout: i32,
        arguments: Vec<Value>,
    ) -> Fallible<i32> {
        Ok(timers::set(cx, handler, timeout, arguments, true))
    }

    fn clear_interval(&self, cx: &mut Cx, id: i32) -> Fallible<()> {
        timers::clear(cx, id);
        Ok(())
    }

    fn queue_microtask(&self, cx: &mut Cx, callback: VoidFunction) -> Fallible<()> {
        cx.queue_microtask(move |cx| {
            if let Err(error) = callback.call(cx, &Value::undefined()) {
                report_exception(cx, error);
            }
        });
        Ok(())
    }

    fn structured_clone(
        &self,
        cx: &mut Cx,
        value: Value,
        options: StructuredSerializeOptions,
    ) -> Fallible<Value> {
        crate::structured_clone::structured_clone(cx, &value, &options.transfer)
    }

    fn performance(&self, cx: &mut Cx) -> Obj<crate::interfaces::Performance> {
        crate::performance::performance(cx, &self.upcast())
    }
}

/// Non-finite scroll positions count as zero.
fn finite(position: f64) -> f64 {
    if position.is_finite() { position } else { 0.0 }
}

/// An app cannot open dialogs that block it; a developer hears so.
fn no_dialog(cx: &mut Cx, name: &str, message: &str) {
    let text = format!("window.{name}() is not supported and was ignored: {message}");
    cx.engine().console(ConsoleLevel::Warn, text, None);
}

/// The navigable of a window, if that is active.
fn navigable(cx: &Cx, window: &Obj<Window>) -> Option<Rc<Navigable>> {
    cx.engine().navigable_of(window)
}
