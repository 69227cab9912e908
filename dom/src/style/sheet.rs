//! Style sheets: parsing them, and the media they are for.

use std::sync::LazyLock;
use style::servo_arc::Arc;
use style::stylesheets::UrlExtraData;
use url::Url;

/// The base URL of CSS that has none.
pub(crate) fn about_blank() -> UrlExtraData {
    static BLANK: LazyLock<UrlExtraData> = LazyLock::new(|| {
        let url = Url::parse("about:blank").unwrap_or_else(|_| unreachable!("a constant URL"));
        UrlExtraData(Arc::new(url))
    });
    BLANK.clone()
}

/// A base URL as stylo takes it.
pub(crate) fn url_data(url: &Url) -> UrlExtraData {
    UrlExtraData(Arc::new(url.clone()))
}
