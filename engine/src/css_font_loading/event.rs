//! <https://drafts.csswg.org/css-font-loading/#fontfacesetloadevent>

use virga_js::{Cx, DomString, Fallible, Obj, Object, Platform, Slot, Trace, Traced, Value};

use super::FontFace;
use crate::{
    events::{Bubbles, Cancelable, Event},
    generated::{FontFaceSetLoadEventInit, FontFaceSetLoadEventMethods},
};

/// Says which faces came, or did not.
#[derive(Trace, Platform)]
pub(crate) struct FontFaceSetLoadEvent {
    #[base]
    event: Event,
    faces: Traced<Vec<Obj<FontFace>>>,
    array: Slot<Option<Object>>,
}

impl FontFaceSetLoadEvent {
    pub(super) fn trusted(cx: &mut Cx, name: &str, faces: Vec<Obj<FontFace>>) -> Self {
        let event = Event::trusted(cx, name, Bubbles(false), Cancelable(false));
        Self { event, faces: Traced::new(faces), array: Slot::new(None) }
    }
}

impl FontFaceSetLoadEventMethods for Obj<FontFaceSetLoadEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: FontFaceSetLoadEventInit,
    ) -> Fallible<Obj<FontFaceSetLoadEvent>> {
        let event = Event::new(cx, type_, &init.parent);
        let faces = Traced::new(init.fontfaces);
        Ok(Obj::new(cx, FontFaceSetLoadEvent { event, faces, array: Slot::new(None) }))
    }

    fn fontfaces(&self, cx: &mut Cx) -> Value {
        if let Some(array) = self.array.get() {
            return array.into();
        }
        let faces: Vec<Value> = self.faces.borrow().iter().map(Obj::value).collect();
        let array = Object::array(cx, faces);
        // An array of our own runs no script.
        drop(array.freeze(cx));
        self.array.set(Some(array.clone()));
        array.into()
    }
}
