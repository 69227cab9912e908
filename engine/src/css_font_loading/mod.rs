//! CSS Font Loading: <https://drafts.csswg.org/css-font-loading/>
//!
//! The faces of a document are in its rendering, which says when text wants one. Here
//! they are fetched ([`load`]), and here is what script sees of them.

mod event;
mod face;
mod load;
mod set;

pub(crate) use event::FontFaceSetLoadEvent;
pub(crate) use face::FontFace;
pub(crate) use load::{document_complete, poll};
pub(crate) use set::FontFaceSet;
