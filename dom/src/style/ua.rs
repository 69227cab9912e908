//! The user agent's style sheet, parsed once per process.

use super::sheet::about_blank;
use std::sync::LazyLock;
use style::context::QuirksMode;
use style::media_queries::MediaList;
use style::servo_arc::Arc;
use style::shared_lock::SharedRwLock;
use style::stylesheets::{AllowImportRules, DocumentStyleSheet, Origin, Stylesheet};

static LOCK: LazyLock<SharedRwLock> = LazyLock::new(SharedRwLock::new_leaked);

static SHEET: LazyLock<DocumentStyleSheet> = LazyLock::new(|| {
    super::prefs::initialize();
    let sheet = Stylesheet::from_str(
        include_str!("ua.css"),
        about_blank(),
        Origin::UserAgent,
        Arc::new(LOCK.wrap(MediaList::empty())),
        LOCK.clone(),
        None,
        None,
        QuirksMode::NoQuirks,
        AllowImportRules::No,
    );
    DocumentStyleSheet(Arc::new(sheet))
});

/// The sheet. Documents share it, and what stylo makes of it.
pub(crate) fn sheet() -> DocumentStyleSheet {
    SHEET.clone()
}

/// The lock that guards the sheet's rules.
pub(crate) fn lock() -> &'static SharedRwLock {
    &LOCK
}
