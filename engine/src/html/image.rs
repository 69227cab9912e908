//! `img`: <https://html.spec.whatwg.org/#the-img-element>. Fetching and decoding
//! is [`crate::loading`]'s.

use virga_dom::{NodeId, Tree};
use virga_js::{Cx, DomExceptionName, Error, Fallible, Obj, Promise, Resolver, Value};

use super::{
    HTMLImageElement, HTMLMapElement, attribute, create, numbers::parse_non_negative,
    set_attribute, source_set,
};
use crate::{
    agent::EngineCx,
    dom::{self, Filter, HTMLCollection},
    events,
    generated::{HTMLImageElementMethods, HTMLMapElementMethods},
    loading::image::ImageState,
    window::rendering,
    wrappers::Node,
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

fn cannot_decode() -> Error {
    Error::dom(DomExceptionName::Encoding, "decode: there is no image that could be decoded")
}

/// An image came, or did not: what waited for it goes on.
pub(crate) fn settle_decodes(cx: &mut Cx, image: NodeId, available: bool) {
    let window = cx.window();
    let waiting: Vec<Resolver> = {
        let mut all = window.image_decodes.borrow_mut();
        let (mine, others) =
            std::mem::take(&mut *all).into_iter().partition(|(of, _)| of.id() == image);
        *all = others;
        let mine: Vec<(Obj<Node>, Resolver)> = mine;
        mine.into_iter().map(|(_, resolver)| resolver).collect()
    };
    for resolver in waiting {
        let settled = if available {
            resolver.resolve(cx, Value::undefined())
        } else {
            resolver.reject(cx, cannot_decode())
        };
        if let Err(error) = settled {
            events::report_exception(cx, error);
        }
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

    /// <https://html.spec.whatwg.org/#dom-img-currentsrc>
    fn current_src(&self, cx: &mut Cx) -> String {
        match source_set::select(cx, self.id()) {
            Some(candidate) => super::reflect::url(cx, &candidate.url),
            None => String::new(),
        }
    }

    /// <https://drafts.csswg.org/cssom-view/#dom-htmlimageelement-x>
    #[expect(clippy::cast_possible_truncation, reason = "documents are not that large")]
    fn x(&self, cx: &mut Cx) -> i32 {
        rendering::bounding_rect(cx, self.id())
            .map_or(0, |rect| (rect.x0 + cx.window().scroll_offset(cx).0).round() as i32)
    }

    #[expect(clippy::cast_possible_truncation, reason = "documents are not that large")]
    fn y(&self, cx: &mut Cx) -> i32 {
        rendering::bounding_rect(cx, self.id())
            .map_or(0, |rect| (rect.y0 + cx.window().scroll_offset(cx).1).round() as i32)
    }

    /// <https://html.spec.whatwg.org/#dom-img-decode>: images are decoded when
    /// they come.
    fn decode(&self, cx: &mut Cx) -> Fallible<Promise> {
        match cx.window().loading.images.get(self.id()) {
            Some(ImageState::Available { .. }) => Promise::resolved(cx, Value::undefined()),
            Some(ImageState::Pending(_)) => {
                let (promise, resolver) = Promise::new(cx);
                let window = cx.window();
                window.image_decodes.borrow_mut().push((self.upcast(), resolver));
                Ok(promise)
            }
            Some(ImageState::Broken) | None => Promise::rejected(cx, cannot_decode()),
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

impl HTMLMapElementMethods for Obj<HTMLMapElement> {
    /// <https://html.spec.whatwg.org/#dom-map-areas>
    fn areas(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        let is_area = |tree: &Tree, id: NodeId| tree.is_html_element(id, "area");
        dom::collection_of(cx, &self.upcast(), "areas", Filter::Descendants(is_area))
    }
}
