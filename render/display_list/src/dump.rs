use std::fmt::{self, Write};

use kurbo::Rect;
use peniko::Brush;

use crate::{Chunk, DisplayList, Filter, Item, Radii, Shape};

pub(crate) fn dump(list: &DisplayList) -> String {
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = write_list(&mut out, list);
    out
}

pub(crate) fn digest(list: &DisplayList) -> String {
    let mut hash = Fnv128(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
    let _ = write_list(&mut hash, list);
    format!("{:032x}", hash.0)
}

/// FNV-1a with 128 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>
struct Fnv128(u128);

impl Write for Fnv128 {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 =
                (self.0 ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
        Ok(())
    }
}

fn write_list(out: &mut impl Write, list: &DisplayList) -> fmt::Result {
    writeln!(
        out,
        "viewport {}×{} background {}",
        list.viewport.width,
        list.viewport.height,
        color(list.background)
    )?;
    write_chunk(out, &list.root)
}

/// Indentation stops growing here, so that a deep list stays readable.
const MAX_INDENT: usize = 64;

fn write_chunk(out: &mut impl Write, root: &Chunk) -> fmt::Result {
    let mut open = vec![root.items().iter()];
    while let Some(items) = open.last_mut() {
        let Some(item) = items.next() else {
            open.pop();
            continue;
        };
        for _ in 1..open.len().min(MAX_INDENT) {
            out.write_str("  ")?;
        }
        write_item(out, item)?;
        if let Some(content) = item.content() {
            open.push(content.items().iter());
        }
    }
    Ok(())
}

fn write_item(out: &mut impl Write, item: &Item) -> fmt::Result {
    match item {
        Item::Chunk { offset, .. } => {
            writeln!(out, "chunk at {},{}", offset.x, offset.y)?;
        }
        Item::Fill { shape, brush } => {
            writeln!(out, "fill {} {}", Outline(shape), Paint(brush))?;
        }
        Item::Border(border) => {
            write!(out, "border {}{}", Box4(border.rect), Corners(border.radii))?;
            let widths = [border.widths.x0, border.widths.y0, border.widths.x1, border.widths.y1];
            for (side, width) in border.sides.iter().zip(widths) {
                write!(out, " {width} {:?} {}", side.style, color(side.color))?;
            }
            writeln!(out)?;
        }
        Item::BoxShadow(shadow) => writeln!(
            out,
            "shadow {}{} offset {},{} blur {} spread {} {}{}",
            Box4(shadow.rect),
            Corners(shadow.radii),
            shadow.offset.x,
            shadow.offset.y,
            shadow.blur,
            shadow.spread,
            color(shadow.color),
            if shadow.inset { " inset" } else { "" },
        )?,
        Item::Glyphs(run) => {
            write!(
                out,
                "glyphs {} {}px at {},{} {}",
                run.font.name(),
                run.size,
                run.origin.x,
                run.origin.y,
                Paint(&run.brush)
            )?;
            if let Some(skew) = run.skew {
                write!(out, " skew {skew}")?;
            }
            if run.embolden != 0.0 {
                write!(out, " embolden {}", run.embolden)?;
            }
            for coord in run.coords.iter() {
                write!(out, " coord {coord}")?;
            }
            for glyph in run.glyphs.iter() {
                write!(out, " {}@{}", glyph.id, glyph.x)?;
                if glyph.y != 0.0 {
                    write!(out, ",{}", glyph.y)?;
                }
            }
            writeln!(out)?;
        }
        Item::Image(image) => writeln!(
            out,
            "image {}×{} from {} to {}{}",
            image.data.0.width,
            image.data.0.height,
            Box4(image.source),
            Box4(image.dest),
            if image.smooth { "" } else { " pixelated" },
        )?,
        Item::Tiles(tiles) => writeln!(
            out,
            "tiles {}×{} at {} every {}×{} in {}{}",
            tiles.data.0.width,
            tiles.data.0.height,
            Box4(tiles.tile),
            tiles.step.width,
            tiles.step.height,
            Box4(tiles.area),
            if tiles.smooth { "" } else { " pixelated" },
        )?,
        Item::Clip { shape, .. } => {
            writeln!(out, "clip {}", Outline(shape))?;
        }
        Item::Group(group) => {
            write!(out, "group {:?}", group.transform.as_coeffs())?;
            write_effects(out, group.opacity, group.blend, &group.filters)?;
        }
        Item::Layer(layer) => {
            write!(out, "layer {:x} {:?}", layer.id.0, layer.transform.as_coeffs())?;
            if let Some(clip) = &layer.clip {
                write!(out, " clip {}", Outline(clip))?;
            }
            if let Some(scroll) = &layer.scroll {
                write!(
                    out,
                    " scroll {:x} port {} content {}×{} offset {},{}{}{} painted {}",
                    scroll.id.0,
                    Box4(scroll.port),
                    scroll.content.width,
                    scroll.content.height,
                    scroll.offset.x,
                    scroll.offset.y,
                    if scroll.x { " x" } else { "" },
                    if scroll.y { " y" } else { "" },
                    Box4(scroll.painted),
                )?;
            }
            write_effects(out, layer.opacity, layer.blend, &layer.filters)?;
        }
    }
    Ok(())
}

fn write_effects(
    out: &mut impl Write,
    opacity: f32,
    blend: peniko::BlendMode,
    filters: &[Filter],
) -> fmt::Result {
    if opacity != 1.0 {
        write!(out, " opacity {opacity}")?;
    }
    if blend != peniko::BlendMode::default() {
        write!(out, " blend {:?}+{:?}", blend.mix, blend.compose)?;
    }
    for filter in filters {
        write!(out, " filter {filter:?}")?;
    }
    writeln!(out)
}

fn color(color: peniko::Color) -> String {
    let [r, g, b, a] = color.to_rgba8().to_u8_array();
    format!("#{r:02x}{g:02x}{b:02x}{a:02x}")
}

struct Box4(Rect);

impl fmt::Display for Box4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} {} {} {}]", self.0.x0, self.0.y0, self.0.x1, self.0.y1)
    }
}

struct Corners(Radii);

impl fmt::Display for Corners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_zero() {
            return Ok(());
        }
        f.write_str(" radii")?;
        for corner in self.0.corners() {
            write!(f, " {}", corner.x)?;
            if corner.y != corner.x {
                write!(f, "/{}", corner.y)?;
            }
        }
        Ok(())
    }
}

struct Outline<'a>(&'a Shape);

impl fmt::Display for Outline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Shape::Rect(rect) => Box4(*rect).fmt(f),
            Shape::RoundedRect(rounded) => {
                Box4(rounded.rect).fmt(f)?;
                Corners(rounded.radii).fmt(f)
            }
            Shape::Path(path) => write!(f, "path {}", path.to_svg()),
        }
    }
}

struct Paint<'a>(&'a Brush);

impl fmt::Display for Paint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Brush::Solid(solid) => f.write_str(&color(*solid)),
            Brush::Gradient(gradient) => {
                write!(f, "gradient {:?} {:?}", gradient.kind, gradient.extend)?;
                for stop in gradient.stops.iter() {
                    write!(f, " {} {}", stop.offset, color(stop.color.to_alpha_color()))?;
                }
                Ok(())
            }
            Brush::Image(_) => f.write_str("pattern"),
        }
    }
}
