//! <https://drafts.csswg.org/cssom-view/#the-screen-interface>

use virga_js::{Cx, Obj};
use virga_js::{Platform, Trace};

use crate::{
    agent::EngineCx,
    events::EventTarget,
    generated::{OrientationType, ScreenMethods, ScreenOrientationMethods},
};

/// The object behind `window.screen`. An app's screen is its viewport.
#[derive(Trace, Platform)]
pub(crate) struct Screen;

#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and no screen is that large")]
fn px(length: f32) -> i32 {
    length.round() as i32
}

impl ScreenMethods for Obj<Screen> {
    fn avail_width(&self, cx: &mut Cx) -> i32 {
        self.width(cx)
    }

    fn avail_height(&self, cx: &mut Cx) -> i32 {
        self.height(cx)
    }

    fn width(&self, cx: &mut Cx) -> i32 {
        px(cx.window().viewport().width)
    }

    fn height(&self, cx: &mut Cx) -> i32 {
        px(cx.window().viewport().height)
    }

    fn color_depth(&self, _: &mut Cx) -> u32 {
        24
    }

    fn pixel_depth(&self, _: &mut Cx) -> u32 {
        24
    }

    fn orientation(&self, cx: &mut Cx) -> Obj<ScreenOrientation> {
        let window = cx.window();
        window.singleton(cx, |_| ScreenOrientation { target: EventTarget::new() })
    }
}

/// The object behind `screen.orientation`.
///
/// <https://w3c.github.io/screen-orientation/#screenorientation-interface>
#[derive(Trace, Platform)]
pub(crate) struct ScreenOrientation {
    #[base]
    target: EventTarget,
}

impl ScreenOrientationMethods for Obj<ScreenOrientation> {
    fn type_(&self, cx: &mut Cx) -> OrientationType {
        let viewport = cx.window().viewport();
        if viewport.width > viewport.height {
            OrientationType::LandscapePrimary
        } else {
            OrientationType::PortraitPrimary
        }
    }

    fn angle(&self, cx: &mut Cx) -> u16 {
        // A device is held upright by itself.
        match self.type_(cx) {
            OrientationType::LandscapePrimary => 90,
            _ => 0,
        }
    }
}
