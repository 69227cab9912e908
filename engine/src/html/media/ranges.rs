//! `TimeRanges` and `MediaError`: <https://html.spec.whatwg.org/#time-ranges>

use virga_js::{Cx, DomString, Fallible, Obj, Platform, Trace};

use crate::{
    error,
    generated::{MediaErrorMethods, TimeRangesMethods},
};

/// Parts of a time line: none, since nothing is ever loaded.
#[derive(Trace, Platform)]
pub(crate) struct TimeRanges;

impl TimeRangesMethods for Obj<TimeRanges> {
    fn length(&self, _: &mut Cx) -> u32 {
        0
    }

    fn start(&self, _: &mut Cx, _: u32) -> Fallible<f64> {
        Err(error::index_size("TimeRanges.start: there is no such range"))
    }

    fn end(&self, _: &mut Cx, _: u32) -> Fallible<f64> {
        Err(error::index_size("TimeRanges.end: there is no such range"))
    }
}

/// Why a media resource cannot be used.
#[derive(Trace, Platform)]
pub(crate) struct MediaError {
    #[trace(skip)]
    code: u16,
    #[trace(skip)]
    message: DomString,
}

impl MediaError {
    /// `MEDIA_ERR_SRC_NOT_SUPPORTED`
    pub(super) fn not_supported(cx: &mut Cx, message: &str) -> Obj<Self> {
        Obj::new(cx, Self { code: 4, message: message.into() })
    }
}

impl MediaErrorMethods for Obj<MediaError> {
    fn code(&self, _: &mut Cx) -> u16 {
        self.code
    }

    fn message(&self, _: &mut Cx) -> DomString {
        self.message.clone()
    }
}
