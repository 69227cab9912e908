//! Which of stylo's optional properties are on.
//!
//! stylo hides a property behind a preference until its embedder can honour it.
//! What is on here is honoured by layout, painting or input handling; a
//! property that nothing reads stays off, so that `CSS.supports()` and
//! `@supports` tell the truth.

use std::sync::Once;
use stylo_static_prefs::set_pref;

/// Sets the preferences, once per process.
pub(crate) fn initialize() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Selectors, at-rules and functions that style alone decides.
        set_pref!("layout.css.has-selector.enabled", true);
        set_pref!("layout.css.nth-child-of.enabled", true);
        set_pref!("layout.css.at-scope.enabled", true);
        set_pref!("layout.css.properties-and-values.enabled", true);
        set_pref!("layout.css.tree-counting-functions.enabled", true);
        // Layout and painting.
        set_pref!("layout.css.appearance.enabled", true);
        set_pref!("layout.css.counters.enabled", true);
        set_pref!("layout.css.font-variations.enabled", true);
        set_pref!("layout.css.text-overflow.enabled", true);
        set_pref!("layout.css.word-break.break-word.enabled", true);
        // Scrolling, which the compositor does.
        set_pref!("layout.css.overscroll-behavior.enabled", true);
        set_pref!("layout.css.scroll-behavior.enabled", true);
    });
}
