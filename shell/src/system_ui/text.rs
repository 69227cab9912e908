use std::sync::Arc;

use skrifa::{
    FontRef, MetadataProvider,
    instance::{LocationRef, Size},
};
use virga_display_list::{
    Font, Glyph, GlyphRun,
    kurbo::{Point, Rect},
    peniko::Color,
};

/// Sets one line of left-to-right text in one face: no shaping, which the
/// system's own English sentences do not need.
pub(super) struct Setter {
    font: Font,
}

impl Setter {
    pub(super) fn new(font: Font) -> Self {
        Self { font }
    }

    /// Glyphs and where the pen ends, in CSS px.
    fn glyphs(&self, text: &str, size: f64) -> (Vec<Glyph>, f64) {
        let data = self.font.data();
        let Ok(face) = FontRef::from_index(data.data.as_ref(), data.index) else {
            return (Vec::new(), 0.0);
        };
        let map = face.charmap();
        #[expect(clippy::cast_possible_truncation, reason = "a size in px")]
        let metrics = face.glyph_metrics(Size::new(size as f32), LocationRef::default());
        let mut x = 0.0;
        let glyphs = text
            .chars()
            .map(|character| {
                let id = map.map(character).unwrap_or_default();
                let glyph = Glyph { id: id.to_u32(), x, y: 0.0 };
                x += metrics.advance_width(id).unwrap_or_default();
                glyph
            })
            .collect();
        (glyphs, x.into())
    }

    /// How long a line is, in CSS px.
    pub(super) fn width(&self, text: &str, size: f64) -> f64 {
        self.glyphs(text, size).1
    }

    /// A line whose baseline begins at `origin`.
    pub(super) fn line(&self, text: &str, size: f64, color: Color, origin: Point) -> Arc<GlyphRun> {
        let (glyphs, width) = self.glyphs(text, size);
        #[expect(clippy::cast_possible_truncation, reason = "a size in px")]
        let em = size as f32;
        Arc::new(GlyphRun {
            font: self.font.clone(),
            size: em,
            coords: Arc::from([]),
            skew: None,
            embolden: 0.0,
            origin,
            glyphs: glyphs.into(),
            brush: color.into(),
            bounds: Rect::new(
                origin.x - size,
                origin.y - 1.5 * size,
                origin.x + width + size,
                origin.y + size,
            ),
        })
    }

    /// `text` in at most `most` lines of at most `width` CSS px; what is too much
    /// ends with an ellipsis.
    pub(super) fn wrap(&self, text: &str, size: f64, width: f64, most: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace().flat_map(|word| self.fit(word, size, width)) {
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}"), size) <= width => {
                    line.push(' ');
                    line.push_str(&word);
                }
                _ => lines.push(word),
            }
        }
        if lines.len() > most {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                while self.width(&format!("{last}…"), size) > width && last.pop().is_some() {}
                last.push('…');
            }
        }
        lines
    }

    /// A word that is longer than a line, in pieces that are not.
    fn fit(&self, word: &str, size: f64, width: f64) -> Vec<String> {
        let mut pieces = vec![String::new()];
        for character in word.chars() {
            let piece = pieces.last().map_or("", String::as_str);
            let longer = format!("{piece}{character}");
            if !piece.is_empty() && self.width(&longer, size) > width {
                pieces.push(character.to_string());
            } else if let Some(last) = pieces.last_mut() {
                *last = longer;
            }
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use virga_engine::FontSet;

    fn check(text: &str, width: f64, most: usize, expected: &[&str]) {
        let font = FontSet::bundled().file_face("NotoSans-Regular").unwrap();
        assert_eq!(Setter::new(font).wrap(text, 10.0, width, most), expected, "{text:?}");
    }

    #[test]
    fn lines_break_at_spaces_or_where_they_must() {
        check("", 100.0, 3, &[]);
        check("one two", 1000.0, 3, &["one two"]);
        check("one two", 25.0, 3, &["one", "two"]);
        check("one  two three four", 45.0, 2, &["one two", "three…"]);
        // Longer than a line: broken inside.
        let font = FontSet::bundled().file_face("NotoSans-Regular").unwrap();
        let setter = Setter::new(font);
        let lines = setter.wrap(&"w".repeat(50), 10.0, 60.0, 100);
        assert!(lines.len() > 1 && lines.concat().len() == 50);
        assert!(lines.iter().all(|line| setter.width(line, 10.0) <= 60.0));
    }
}
