//! `img`: <https://html.spec.whatwg.org/#the-img-element>. Fetching and decoding
//! is [`crate::loading`]'s.

use virga_js::{Cx, Fallible, Obj};

use super::{HTMLImageElement, attribute, create, numbers::parse_non_negative, set_attribute};
use crate::{
    agent::EngineCx, generated::HTMLImageElementMethods, loading::image::ImageState,
    window::rendering,
};

/// A dimension: of the box if there is one, else as stated, else natural.
fn dimension(cx: &mut Cx, image: &Obj<HTMLImageElement>, horizontal: bool) -> u32 {
    let id = image.id();
    if let Some(rect) = rendering::bounding_rect(cx, id) {
        let size = if horizontal { rect.width() } else { rect.height() };
        return size.round() as u32;
    }
    let stated = attribute(cx, id, if horizontal { "width" } else { "height" });
    let stated = stated.as_deref().and_then(parse_non_negative);
    if let Some(stated) = stated.and_then(|stated| u32::try_from(stated).ok()) {
        return stated;
    }
    let (width, height) = natural_size(cx, image).unwrap_or_default();
    if horizontal { width } else { height }
}

/// The size of the decoded image, in image px.
fn natural_size(cx: &Cx, image: &Obj<HTMLImageElement>) -> Option<(u32, u32)> {
    match cx.window().loading.images.get(image.id()) {
        Some(ImageState::Available { width, height }) => Some((width, height)),
        _ => None,
    }
}

impl HTMLImageElementMethods for Obj<HTMLImageElement> {
    fn width(&self, cx: &mut Cx) -> u32 {
        dimension(cx, self, true)
    }

    fn height(&self, cx: &mut Cx) -> u32 {
        dimension(cx, self, false)
    }

    fn natural_width(&self, cx: &mut Cx) -> u32 {
        natural_size(cx, self).map_or(0, |(width, _)| width)
    }

    fn natural_height(&self, cx: &mut Cx) -> u32 {
        natural_size(cx, self).map_or(0, |(_, height)| height)
    }

    fn complete(&self, cx: &mut Cx) -> bool {
        !matches!(cx.window().loading.images.get(self.id()), Some(ImageState::Pending(_)))
    }

    /// The one source there is: candidates of `srcset` are not selected among.
    fn current_src(&self, cx: &mut Cx) -> String {
        match attribute(cx, self.id(), "src") {
            Some(src) if !src.is_empty() => super::reflect::url(cx, &src),
            _ => String::new(),
        }
    }

    /// <https://html.spec.whatwg.org/#dom-image>
    fn image(
        cx: &mut Cx,
        width: Option<u32>,
        height: Option<u32>,
    ) -> Fallible<Obj<HTMLImageElement>> {
        let id = create(cx, "img");
        for (name, value) in [("width", width), ("height", height)] {
            if let Some(value) = value {
                set_attribute(cx, id, name, &value.to_string());
            }
        }
        Ok(cx.wrap(id).upcast())
    }
}
