//! Filters on pixmaps: <https://drafts.csswg.org/filter-effects/>
//!
//! Blurs are three box blurs, as the specification suggests for speed; the
//! edge is transparent. All arithmetic is on integers, so that results are the
//! same on every machine.

use kurbo::{Affine, Vec2};
use peniko::Color;
use virga_display_list::Filter;

use crate::Pixmap;

/// Larger standard deviations, in device px, look the same on a screen and
/// cost memory.
const MAX_DEVIATION: f64 = 256.0;

/// A filter in device px.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum DeviceFilter {
    Blur(f64),
    ColorMatrix([f32; 20]),
    DropShadow { offset: (i32, i32), blur: f64, color: Color },
}

/// The filters under a transform.
pub(crate) fn to_device(filters: &[Filter], transform: Affine) -> Vec<DeviceFilter> {
    let scale = transform.determinant().abs().sqrt();
    let deviation = |css: f64| {
        let device = css * scale;
        if device.is_finite() { device.clamp(0.0, MAX_DEVIATION) } else { 0.0 }
    };
    filters
        .iter()
        .map(|filter| match filter {
            Filter::Blur(blur) => DeviceFilter::Blur(deviation(*blur)),
            Filter::ColorMatrix(matrix) => DeviceFilter::ColorMatrix(*matrix),
            Filter::DropShadow { offset, blur, color } => {
                let [a, b, c, d, ..] = transform.as_coeffs();
                let moved = Vec2::new(a * offset.x + c * offset.y, b * offset.x + d * offset.y);
                let whole = |by: f64| by.round().clamp(-4096.0, 4096.0) as i32;
                DeviceFilter::DropShadow {
                    offset: (whole(moved.x), whole(moved.y)),
                    blur: deviation(*blur),
                    color: *color,
                }
            }
        })
        .collect()
}

/// How far ink can spread, in device px.
pub(crate) fn growth(filters: &[DeviceFilter]) -> i32 {
    let reach = |deviation: f64| (deviation * 3.0).ceil() as i32 + 1;
    filters
        .iter()
        .map(|filter| match filter {
            DeviceFilter::Blur(deviation) => reach(*deviation),
            DeviceFilter::ColorMatrix(_) => 0,
            DeviceFilter::DropShadow { offset, blur, .. } => {
                reach(*blur) + offset.0.abs().max(offset.1.abs())
            }
        })
        .fold(0, i32::saturating_add)
}

/// Applies filters in order.
pub(crate) fn apply(pixmap: &mut Pixmap, filters: &[DeviceFilter]) {
    for filter in filters {
        match filter {
            DeviceFilter::Blur(deviation) => blur(pixmap, *deviation),
            DeviceFilter::ColorMatrix(matrix) => color_matrix(pixmap, matrix),
            DeviceFilter::DropShadow { offset, blur, color } => {
                drop_shadow(pixmap, *offset, *blur, *color);
            }
        }
    }
}

/// <https://drafts.csswg.org/filter-effects/#feColorMatrixElement>, on colours
/// that are not premultiplied.
fn color_matrix(pixmap: &mut Pixmap, matrix: &[f32; 20]) {
    // A matrix that gives transparent pixels a colour must see them all.
    let mut last = None;
    for pixel in pixmap.words_mut() {
        if let Some((from, to)) = last
            && from == *pixel
        {
            *pixel = to;
            continue;
        }
        let [r, g, b, a] = pixel.to_ne_bytes().map(f32::from);
        let straight =
            if a > 0.0 { [r / a, g / a, b / a, a / 255.0, 1.0] } else { [0.0, 0.0, 0.0, 0.0, 1.0] };
        let mut out: [f32; 4] = std::array::from_fn(|row| {
            let row = &matrix[row * 5..row * 5 + 5];
            row.iter().zip(straight).map(|(factor, value)| factor * value).sum::<f32>()
        });
        out = out.map(|value| if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) });
        let alpha = out[3] * 255.0;
        let result = u32::from_ne_bytes(
            [out[0] * alpha, out[1] * alpha, out[2] * alpha, alpha]
                .map(|value| value.round() as u8),
        );
        last = Some((*pixel, result));
        *pixel = result;
    }
}

fn drop_shadow(pixmap: &mut Pixmap, offset: (i32, i32), deviation: f64, color: Color) {
    let mut shadow = Pixmap::new(pixmap.width(), pixmap.height());
    shadow.copy_from(pixmap, offset.0, offset.1);
    let [r, g, b, a] = color.premultiply().to_rgba8().to_u8_array().map(u32::from);
    for pixel in shadow.words_mut() {
        let alpha = u32::from(pixel.to_ne_bytes()[3]);
        *pixel = u32::from_ne_bytes([r, g, b, a].map(|part| div_255(part * alpha) as u8));
    }
    blur(&mut shadow, deviation);
    for (below, above) in shadow.words_mut().iter_mut().zip(pixmap.words()) {
        *below = crate::blend::over(*above, *below);
    }
    *pixmap = shadow;
}

/// Three box blurs whose sizes add up to the variance of the Gaussian.
pub(crate) fn blur(pixmap: &mut Pixmap, deviation: f64) {
    let sizes = boxes(deviation);
    if sizes.iter().all(|size| *size <= 1) || pixmap.bounds().is_empty() {
        return;
    }
    let (width, height) = (pixmap.width() as usize, pixmap.height() as usize);
    let mut line = vec![0; width.max(height)];
    let mut out = line.clone();
    let words = pixmap.words_mut();
    for row in words.chunks_exact_mut(width) {
        blur_line(row, &mut line[..width], sizes);
    }
    for column in 0..width {
        for (row, value) in line[..height].iter_mut().enumerate() {
            *value = words[row * width + column];
        }
        if line[..height].iter().all(|pixel| *pixel == 0) {
            continue;
        }
        blur_line(&mut line[..height], &mut out[..height], sizes);
        for (row, value) in line[..height].iter().enumerate() {
            words[row * width + column] = *value;
        }
    }
}

fn blur_line(line: &mut [u32], scratch: &mut [u32], sizes: [usize; 3]) {
    if line.iter().all(|pixel| *pixel == 0) {
        return;
    }
    // Even boxes lean to one side, then to the other.
    let mut lean = 0;
    for size in sizes {
        let before = if size % 2 == 0 {
            lean ^= 1;
            size / 2 - 1 + lean
        } else {
            size / 2
        };
        box_line(line, scratch, size, before);
        line.copy_from_slice(scratch);
    }
}

/// Each pixel of `to` is the mean of `size` pixels of `from`, of which `before`
/// lie before it.
fn box_line(from: &[u32], to: &mut [u32], size: usize, before: usize) {
    let after = size - before - 1;
    // 24 bits of fraction: exact enough for sums of 8 bits.
    let factor = (1u64 << 24) / size as u64;
    let mut sum = [0u64; 4];
    let add = |sum: &mut [u64; 4], pixel: u32, sign: bool| {
        for (sum, channel) in sum.iter_mut().zip(pixel.to_ne_bytes()) {
            if sign {
                *sum += u64::from(channel);
            } else {
                *sum -= u64::from(channel);
            }
        }
    };
    for pixel in from.iter().take(after) {
        add(&mut sum, *pixel, true);
    }
    for (index, out) in to.iter_mut().enumerate() {
        if let Some(pixel) = from.get(index + after) {
            add(&mut sum, *pixel, true);
        }
        if index > before {
            add(&mut sum, from[index - before - 1], false);
        }
        *out = u32::from_ne_bytes(sum.map(|sum| ((sum * factor + (1 << 23)) >> 24) as u8));
    }
}

/// Sizes of three boxes that approximate a Gaussian.
fn boxes(deviation: f64) -> [usize; 3] {
    if deviation.is_nan() || deviation <= 0.0 {
        return [1; 3];
    }
    // The variance of a box of odd size n is (n² - 1) / 12.
    let ideal = (12.0 * deviation * deviation / 3.0 + 1.0).sqrt();
    let mut low = ideal.floor() as usize;
    if low.is_multiple_of(2) {
        low = low.saturating_sub(1);
    }
    let low = low.max(1);
    let small = low as f64;
    let count = ((12.0 * deviation * deviation - 3.0 * small * small - 12.0 * small - 9.0)
        / (-4.0 * small - 4.0))
        .round()
        .clamp(0.0, 3.0) as usize;
    std::array::from_fn(|index| if index < count { low } else { low + 2 })
}

pub(crate) fn div_255(value: u32) -> u32 {
    let value = value + 128;
    (value + (value >> 8)) >> 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_have_the_variance_of_the_gaussian() {
        for deviation in [1.0, 2.0, 3.7, 10.0, 50.0] {
            let variance: f64 =
                boxes(deviation).iter().map(|size| (size * size - 1) as f64 / 12.0).sum();
            let error = (variance.sqrt() - deviation).abs() / deviation;
            // Boxes have whole sizes: small ones fit less well.
            let allowed = if deviation < 2.0 { 0.2 } else { 0.1 };
            assert!(error < allowed, "{deviation}: {}", variance.sqrt());
        }
    }

    #[test]
    fn a_blur_keeps_the_ink_and_its_middle() {
        let mut pixmap = Pixmap::new(61, 61);
        for y in 20..41 {
            pixmap.row_mut(y, 20, 41).fill(u32::MAX);
        }
        let ink = |pixmap: &Pixmap| {
            pixmap.words().iter().map(|pixel| u64::from(pixel.to_ne_bytes()[3])).sum::<u64>()
        };
        let before = ink(&pixmap);
        blur(&mut pixmap, 4.0);
        let after = ink(&pixmap);
        assert!(before.abs_diff(after) * 100 < before, "{before} {after}");
        for x in 0..61 {
            assert_eq!(pixmap.pixel(x, 30), pixmap.pixel(60 - x, 30), "{x}");
            assert_eq!(pixmap.pixel(x, 30), pixmap.pixel(30, x), "{x}");
        }
        assert!(pixmap.pixel(20, 30)[3] > 100 && pixmap.pixel(20, 30)[3] < 155);
    }

    #[test]
    fn a_matrix_works_on_straight_colours() {
        let mut pixmap = Pixmap::new(1, 1);
        pixmap.data_mut().copy_from_slice(&[100, 50, 0, 128]);
        let mut swap = [0.0; 20];
        (swap[2], swap[6], swap[10], swap[18]) = (1.0, 1.0, 1.0, 1.0);
        color_matrix(&mut pixmap, &swap);
        assert_eq!(pixmap.pixel(0, 0), [0, 50, 100, 128]);
    }
}
