//! `marquee`: <https://html.spec.whatwg.org/#the-marquee-element>. Its text
//! stands still.

use virga_js::{Cx, Fallible, Obj};

use super::{HTMLMarqueeElement, attribute, numbers::parse_integer, set_attribute};
use crate::{error, generated::HTMLMarqueeElementMethods};

impl HTMLMarqueeElementMethods for Obj<HTMLMarqueeElement> {
    /// <https://html.spec.whatwg.org/#dom-marquee-loop>
    fn loop_(&self, cx: &mut Cx) -> i32 {
        let stated = attribute(cx, self.id(), "loop");
        let stated = stated.as_deref().and_then(parse_integer).filter(|count| *count > 0);
        stated.and_then(|count| i32::try_from(count).ok()).unwrap_or(-1)
    }

    fn set_loop(&self, cx: &mut Cx, value: i32) -> Fallible<()> {
        if value < -1 || value == 0 {
            return Err(error::index_size("marquee.loop: the value is positive, or -1 for ever"));
        }
        set_attribute(cx, self.id(), "loop", &value.to_string());
        Ok(())
    }

    fn start(&self, _: &mut Cx) -> Fallible<()> {
        Ok(())
    }

    fn stop(&self, _: &mut Cx) -> Fallible<()> {
        Ok(())
    }
}
