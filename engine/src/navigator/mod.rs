//! The `navigator` object: <https://html.spec.whatwg.org/#the-navigator-object>

use virga_js::{Cx, DomString, Obj, Object, Slot, Value, webidl};
use virga_js::{Platform, Trace};

use crate::{
    agent::EngineCx,
    generated::{
        NavigatorConcurrentHardwareMethods, NavigatorCookiesMethods, NavigatorIDMethods,
        NavigatorLanguageMethods, NavigatorMethods, NavigatorOnLineMethods,
    },
    interfaces::{Geolocation, Permissions, UserActivation},
};

/// What an app may know of what it runs on, without asking.
#[derive(Trace, Platform)]
pub(crate) struct Navigator {
    /// The same frozen array each time.
    languages: Slot<Option<Object>>,
}

/// `Navigator` and `WorkerNavigator`.
pub(crate) trait AnyNavigator: Platform {
    /// Where the array of languages is kept.
    fn languages(&self) -> &Slot<Option<Object>>;
}

impl AnyNavigator for Navigator {
    fn languages(&self) -> &Slot<Option<Object>> {
        &self.languages
    }
}

/// `window.navigator` of the current window.
pub(crate) fn navigator(cx: &mut Cx) -> Obj<Navigator> {
    cx.window().singleton(cx, |_| Navigator { languages: Slot::new(None) })
}

impl NavigatorMethods for Obj<Navigator> {
    fn max_touch_points(&self, _: &mut Cx) -> i32 {
        // What phones report. A mouse is a pointer of its own kind.
        5
    }

    fn geolocation(&self, cx: &mut Cx) -> Obj<Geolocation> {
        crate::geolocation::geolocation(cx)
    }

    fn user_activation(&self, cx: &mut Cx) -> Obj<UserActivation> {
        crate::window::user_activation::user_activation(cx)
    }

    fn permissions(&self, cx: &mut Cx) -> Obj<Permissions> {
        crate::permissions::permissions(cx)
    }
}

/// Most of it is what the standard prescribes for everyone.
impl<T: AnyNavigator> NavigatorIDMethods for Obj<T> {
    fn app_code_name(&self, _: &mut Cx) -> DomString {
        "Mozilla".into()
    }

    fn app_name(&self, _: &mut Cx) -> DomString {
        "Netscape".into()
    }

    /// <https://html.spec.whatwg.org/#dom-navigator-appversion>
    fn app_version(&self, cx: &mut Cx) -> DomString {
        let agent = cx.engine();
        let user_agent = &agent.config.user_agent;
        user_agent.strip_prefix("Mozilla/").unwrap_or(user_agent).into()
    }

    fn platform(&self, _: &mut Cx) -> DomString {
        // The same on every machine: a replay elsewhere must not differ.
        "Linux".into()
    }

    fn product(&self, _: &mut Cx) -> DomString {
        "Gecko".into()
    }

    fn product_sub(&self, _: &mut Cx) -> DomString {
        "20030107".into()
    }

    fn user_agent(&self, cx: &mut Cx) -> DomString {
        cx.engine().config.user_agent.as_str().into()
    }

    fn vendor(&self, _: &mut Cx) -> DomString {
        "".into()
    }

    fn vendor_sub(&self, _: &mut Cx) -> DomString {
        "".into()
    }
}

impl<T: AnyNavigator> NavigatorLanguageMethods for Obj<T> {
    fn language(&self, cx: &mut Cx) -> DomString {
        cx.engine().config.locale.as_str().into()
    }

    /// The locale and, if it names a region, its language alone.
    fn languages(&self, cx: &mut Cx) -> Value {
        let kept = AnyNavigator::languages(&**self);
        if let Some(languages) = kept.get() {
            return Value::from(languages);
        }
        let agent = cx.engine();
        let locale = agent.config.locale.as_str();
        let language = locale.split_once('-').map(|(language, _)| language);
        let list = std::iter::once(locale).chain(language).map(DomString::from);
        let languages = webidl::frozen_array(cx, list);
        kept.set(Some(languages.clone()));
        Value::from(languages)
    }
}

impl<T: AnyNavigator> NavigatorOnLineMethods for Obj<T> {
    fn on_line(&self, _: &mut Cx) -> bool {
        // Only a host that is certain to have no network would say otherwise.
        true
    }
}

impl NavigatorCookiesMethods for Obj<Navigator> {
    fn cookie_enabled(&self, _: &mut Cx) -> bool {
        true
    }
}

impl<T: AnyNavigator> NavigatorConcurrentHardwareMethods for Obj<T> {
    fn hardware_concurrency(&self, _: &mut Cx) -> u64 {
        // The same on every machine: a replay elsewhere must not differ.
        4
    }
}
