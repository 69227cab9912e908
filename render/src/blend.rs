//! Arithmetic on premultiplied pixels.

use crate::filter::div_255;

/// `above` over `below`. The bytes of a pixel may be in any order that has
/// alpha last.
pub(crate) fn over(above: u32, below: u32) -> u32 {
    let above = above.to_ne_bytes();
    match above[3] {
        255 => u32::from_ne_bytes(above),
        0 if above == [0; 4] => below,
        alpha => {
            let rest = u32::from(255 - alpha);
            let below = below.to_ne_bytes();
            u32::from_ne_bytes(std::array::from_fn(|channel| {
                (u32::from(above[channel]) + div_255(u32::from(below[channel]) * rest)).min(255)
                    as u8
            }))
        }
    }
}

/// A pixel with its alpha multiplied by `opacity` / 255.
pub(crate) fn fade(pixel: u32, opacity: u8) -> u32 {
    if opacity == 255 {
        return pixel;
    }
    let opacity = u32::from(opacity);
    u32::from_ne_bytes(pixel.to_ne_bytes().map(|part| div_255(u32::from(part) * opacity) as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covering() {
        let check = |above: [u8; 4], below: [u8; 4], expected: [u8; 4]| {
            let result = over(u32::from_ne_bytes(above), u32::from_ne_bytes(below));
            assert_eq!(result.to_ne_bytes(), expected);
        };
        check([1, 2, 3, 255], [9, 9, 9, 255], [1, 2, 3, 255]);
        check([0, 0, 0, 0], [9, 8, 7, 6], [9, 8, 7, 6]);
        check([64, 0, 0, 128], [255, 255, 255, 255], [191, 127, 127, 255]);
        assert_eq!(fade(u32::MAX, 128).to_ne_bytes(), [128; 4]);
    }
}
