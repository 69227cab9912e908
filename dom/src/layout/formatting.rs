//! What a view shows its document with: boxes, their layout and their chunks.

use kurbo::Size;
use rustc_hash::FxHashMap;
use virga_display_list::{DisplayList, ImageData};

use super::engine::Engine;
use super::incremental::refresh_overflow;
use super::scrolling::ScrollState;
use crate::boxes::{BoxTree, Marks, update};
use crate::fonts::{FaceId, FontSet};
use crate::text::TextContext;
use crate::tree::{LayoutChange, NodeId, Tree};

/// Boxes, layout and painting of one document.
///
/// The owner calls [`update`](Self::update) with the tree's list of changes
/// after each style pass; everything else answers from what is there.
pub struct Formatting {
    pub(crate) boxes: BoxTree,
    pub(crate) text: TextContext,
    pub(crate) images: FxHashMap<NodeId, ImageData>,
    pub(crate) backgrounds: FxHashMap<String, ImageData>,
    /// What the documents in frames look like, by the element of the frame.
    pub(crate) frames: FxHashMap<NodeId, DisplayList>,
    /// The document is in a frame: what it leaves bare shows what is behind.
    pub(crate) nested: bool,
    pub(crate) viewport: Size,
    pub(crate) scale: f64,
    pub(crate) scroll: ScrollState,
    pub(crate) counters: LayoutCounters,
    pub(crate) painter: crate::paint::PaintCache,
    pub(crate) document: Option<NodeId>,
    /// What is selected of the text.
    pub(crate) selected: super::selected::Selected,
}

/// Work done since the counters were last taken. They follow what changed, not
/// the size of the document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayoutCounters {
    /// Boxes made, and contents of boxes made again.
    pub boxes_rebuilt: u64,
    /// Boxes that a layout algorithm ran for.
    pub nodes_laid_out: u64,
    /// Display items made.
    pub items_painted: u64,
    /// Paragraphs shaped.
    pub paragraphs_shaped: u64,
}

impl Formatting {
    /// Nothing, in fonts of `fonts` and a viewport of no size.
    #[must_use]
    pub fn new(fonts: FontSet) -> Self {
        Self {
            boxes: BoxTree::new(),
            text: TextContext::new(fonts),
            images: FxHashMap::default(),
            backgrounds: FxHashMap::default(),
            frames: FxHashMap::default(),
            nested: false,
            viewport: Size::ZERO,
            scale: 1.0,
            scroll: ScrollState::default(),
            counters: LayoutCounters::default(),
            painter: crate::paint::PaintCache::default(),
            document: None,
            selected: super::selected::Selected::default(),
        }
    }

    /// Sets the size of the viewport in CSS px, and device px per CSS px.
    pub fn set_viewport(&mut self, size: Size, scale: f64) {
        if size != self.viewport {
            self.viewport = size;
            if let Some(root) = self.boxes.root {
                self.boxes.mark(root, Marks::BOX);
                self.boxes.mark_paint(root);
            }
        }
        if scale != self.scale {
            self.scale = scale;
            self.painter.forget(&mut self.boxes);
        }
    }

    /// Brings boxes and layout up to date with `changes`, the tree's list since
    /// the last call, in a document whose styles are up to date.
    pub fn update(&mut self, tree: &Tree, document: NodeId, changes: &[LayoutChange]) {
        if self.document != Some(document) {
            self.boxes.clear();
            self.document = Some(document);
        }
        update::update(tree, document, &mut self.boxes, &mut self.text, &self.images, changes);
        self.counters.boxes_rebuilt += std::mem::take(&mut self.boxes.rebuilt);
        for id in refresh_overflow(&mut self.boxes) {
            // Seen from outside, its overflow is another.
            if let Some(parent) = self.boxes.get(id).and_then(|found| found.parent)
                && !self.boxes.at(id).style.has(super::StyleFlags::CLIPS)
            {
                self.boxes.mark(parent, Marks::CONTENT);
            }
        }
        let unlaid = self.boxes.root.is_some_and(|root| self.boxes.at(root).cache.last().is_none());
        if !self.boxes.queue.is_empty() || unlaid {
            let shaped = self.text.misses;
            let mut engine = Engine { boxes: &mut self.boxes, text: &mut self.text, laid_out: 0 };
            engine.relayout(taffy::Size {
                width: self.viewport.width as f32,
                height: self.viewport.height as f32,
            });
            self.counters.nodes_laid_out += engine.laid_out;
            self.counters.paragraphs_shaped += self.text.misses - shaped;
            self.clamp_scroll_offsets();
        }
        self.boxes.end_update();
    }

    /// Work done since the last call.
    pub fn take_counters(&mut self) -> LayoutCounters {
        std::mem::take(&mut self.counters)
    }

    /// Gives an `img` or `canvas` element its pixels, or takes them away. The
    /// tree has to be told by `note_content_changed`.
    pub fn set_image(&mut self, node: NodeId, image: Option<ImageData>) {
        match image {
            Some(image) => drop(self.images.insert(node, image)),
            None => drop(self.images.remove(&node)),
        }
    }

    /// Gives the element of a frame what the document in it looks like, or takes it
    /// away.
    pub fn set_frame(&mut self, node: NodeId, list: Option<DisplayList>) {
        let had = match list {
            Some(list) => self.frames.insert(node, list).is_some(),
            None => self.frames.remove(&node).is_some(),
        };
        if (had || self.frames.contains_key(&node))
            && let Some(id) = self.boxes.principal(node)
        {
            self.boxes.mark_paint(id);
        }
    }

    /// Says whether the document is in a frame.
    pub fn set_nested(&mut self, nested: bool) {
        self.nested = nested;
    }

    /// Gives the image of a URL that backgrounds name.
    pub fn set_background_image(&mut self, url: String, image: ImageData) {
        self.backgrounds.insert(url, image);
        self.painter.forget(&mut self.boxes);
    }

    /// The fonts that text is set in.
    #[must_use]
    pub fn fonts(&self) -> &FontSet {
        self.text.fonts()
    }

    /// Takes other fonts: all boxes are made again with the next update.
    pub(crate) fn set_fonts(&mut self, fonts: FontSet) {
        self.text.set_fonts(fonts);
        let backdrops = std::mem::take(&mut self.boxes.backdrops);
        self.boxes.clear();
        self.boxes.backdrops = backdrops;
        self.boxes.styles = crate::layout::StyleCache::default();
        self.painter.forget(&mut self.boxes);
    }

    /// The faces that text would have been set in.
    pub(crate) fn take_wanted_faces(&mut self) -> rustc_hash::FxHashSet<FaceId> {
        std::mem::take(&mut self.text.wanted)
    }

    /// Forgets nodes that were freed.
    pub fn forget(&mut self, freed: &[NodeId]) {
        for node in freed {
            self.images.remove(node);
            self.frames.remove(node);
            self.scroll.forget(*node);
        }
    }

    /// The box tree, one box a line.
    #[must_use]
    pub fn dump_boxes(&self, tree: &Tree) -> String {
        self.boxes.dump(tree)
    }
}

impl std::fmt::Debug for Formatting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Formatting")
            .field("boxes", &self.boxes.len())
            .field("viewport", &self.viewport)
            .finish_non_exhaustive()
    }
}
