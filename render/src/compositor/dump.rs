use std::fmt::Write;

use rustc_hash::FxHashMap;

use super::{
    scroll::Scrolls,
    tiles::TileCache,
    tree::{Node, PictureId, Surface},
};

/// One node a line, children indented.
pub(super) fn dump(
    tree: &Surface,
    scrolls: &Scrolls,
    caches: &FxHashMap<PictureId, TileCache>,
) -> String {
    let mut out = String::new();
    children(tree, scrolls, caches, 0, &mut out);
    out
}

fn children(
    surface: &Surface,
    scrolls: &Scrolls,
    caches: &FxHashMap<PictureId, TileCache>,
    depth: usize,
    out: &mut String,
) {
    for child in &surface.children {
        let indent = "  ".repeat(depth);
        // Writing to a `String` cannot fail.
        let _ = match child {
            Node::Picture(picture) => {
                let bounds = picture.picture.bounds();
                let tiles = caches.get(&picture.id).map_or(0, |cache| cache.tiles.len());
                writeln!(
                    out,
                    "{indent}picture {} [{} {} {} {}] {tiles} tiles",
                    picture.id.0, bounds.x0, bounds.y0, bounds.x1, bounds.y1
                )
            }
            Node::Surface(surface) => {
                let effects = &surface.effects;
                let _ = match surface.layer {
                    Some(layer) => write!(out, "{indent}layer {:x}", layer.0),
                    None => write!(out, "{indent}group"),
                };
                let _ = write!(out, " {:?}", effects.transform.as_coeffs());
                if effects.opacity != 1.0 {
                    let _ = write!(out, " opacity {}", effects.opacity);
                }
                if effects.blend != peniko::BlendMode::default() {
                    let _ = write!(out, " blend {:?}", effects.blend.mix);
                }
                for filter in &effects.filters {
                    let _ = write!(out, " {filter:?}");
                }
                if let Some(clip) = effects.clip_bounds() {
                    let _ = write!(out, " clip [{} {} {} {}]", clip.x0, clip.y0, clip.x1, clip.y1);
                }
                if let Some(scroll) = effects.scroll {
                    let offset = scrolls.offset(scroll.id).unwrap_or_default();
                    let _ = write!(out, " scroll {:x} at {},{}", scroll.id.0, offset.x, offset.y);
                }
                writeln!(out)
            }
        };
        if let Node::Surface(surface) = child {
            children(surface, scrolls, caches, depth + 1, out);
        }
    }
}
