use std::fmt::{self, Write};

use kurbo::{Rect, RoundedRectRadii};
use peniko::Brush;

use crate::{Chunk, DisplayList, Filter, Item, Shape};

/// Nesting beyond this is written as `…`; painting never goes as deep.
const MAX_DEPTH: usize = 2048;

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
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
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
    write_chunk(out, &list.root, 0)
}

fn write_chunk(out: &mut impl Write, chunk: &Chunk, depth: usize) -> fmt::Result {
    if depth > MAX_DEPTH {
        return writeln!(out, "…");
    }
    for item in chunk.items() {
        for _ in 0..depth {
            out.write_str("  ")?;
        }
        match item {
            Item::Chunk { offset, chunk } => {
                writeln!(out, "chunk at {},{}", offset.x, offset.y)?;
                write_chunk(out, chunk, depth + 1)?;
            }
            Item::Fill { shape, brush } => {
                writeln!(out, "fill {} {}", Outline(shape), Paint(brush))?;
            }
            Item::Border(border) => {
                write!(out, "border {}{}", Box4(border.rect), Radii(border.radii))?;
                let widths =
                    [border.widths.x0, border.widths.y0, border.widths.x1, border.widths.y1];
                for (side, width) in border.sides.iter().zip(widths) {
                    write!(out, " {width} {:?} {}", side.style, color(side.color))?;
                }
                writeln!(out)?;
            }
            Item::BoxShadow(shadow) => writeln!(
                out,
                "shadow {}{} offset {},{} blur {} spread {} {}{}",
                Box4(shadow.rect),
                Radii(shadow.radii),
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
            Item::Clip { shape, content } => {
                writeln!(out, "clip {}", Outline(shape))?;
                write_chunk(out, content, depth + 1)?;
            }
            Item::Group(group) => {
                write!(out, "group {:?}", group.transform.as_coeffs())?;
                write_effects(out, group.opacity, group.blend, &group.filters)?;
                write_chunk(out, &group.content, depth + 1)?;
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
                write_chunk(out, &layer.content, depth + 1)?;
            }
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

struct Radii(RoundedRectRadii);

impl fmt::Display for Radii {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let radii = self.0;
        if radii == RoundedRectRadii::default() {
            return Ok(());
        }
        write!(
            f,
            " radii {} {} {} {}",
            radii.top_left, radii.top_right, radii.bottom_right, radii.bottom_left
        )
    }
}

struct Outline<'a>(&'a Shape);

impl fmt::Display for Outline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Shape::Rect(rect) => Box4(*rect).fmt(f),
            Shape::RoundedRect(rounded) => {
                Box4(rounded.rect()).fmt(f)?;
                Radii(rounded.radii()).fmt(f)
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
