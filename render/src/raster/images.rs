use std::sync::{Arc, Mutex, PoisonError};

use peniko::{ImageAlphaType, ImageFormat, WeakBlob};
use rustc_hash::FxHashMap;
use virga_display_list::ImageData;

use crate::{Pixmap, Unsupported};

/// More px on a side than this are not drawn: rasterisers count with 16 bits.
pub(crate) const MAX_SIDE: u32 = 32_767;

/// Premultiplied copies of images, and halves of them for when they are drawn
/// small; shared by all threads, dropped when the image is.
#[derive(Debug, Default)]
pub(crate) struct ImageStore {
    images: Mutex<FxHashMap<(u64, u8), Stored>>,
}

#[derive(Debug)]
struct Stored {
    source: WeakBlob<u8>,
    pixels: Arc<vello_cpu::Pixmap>,
}

/// How often to halve an image that is drawn at `scale`, so that each device px
/// sees all the image's px that lie under it.
pub(crate) fn halvings(image: &ImageData, scale: f64) -> u8 {
    if scale.is_nan() || scale <= 0.0 {
        return 0;
    }
    let smaller_side = image.0.width.min(image.0.height).max(1);
    let most = smaller_side.ilog2() as f64;
    (-scale.log2()).round().clamp(0.0, most) as u8
}

/// Whether an image can be drawn at all.
pub(crate) fn check(image: &ImageData) -> Result<(), Unsupported> {
    let data = &image.0;
    if data.width > MAX_SIDE || data.height > MAX_SIDE {
        return Err(Unsupported::LargeImage);
    }
    let known = matches!(data.format, ImageFormat::Rgba8 | ImageFormat::Bgra8);
    let complete = data.format.size_in_bytes(data.width, data.height) == Some(data.data.len());
    if known && complete && data.width > 0 && data.height > 0 {
        Ok(())
    } else {
        Err(Unsupported::ImageFormat)
    }
}

impl ImageStore {
    /// The pixels of `image`, halved `halvings` times.
    pub(crate) fn get(
        &self,
        image: &ImageData,
        halvings: u8,
    ) -> Result<Arc<vello_cpu::Pixmap>, Unsupported> {
        check(image)?;
        let key = (image.0.data.id(), halvings);
        if let Some(found) = self.lock().get(&key) {
            return Ok(Arc::clone(&found.pixels));
        }
        // Decoded outside of the lock: other threads have other images to draw.
        let mut pixmap = premultiplied(image);
        for _ in 0..halvings {
            pixmap = half(&pixmap);
        }
        let pixels = Arc::new(to_vello(&pixmap));
        let mut images = self.lock();
        images.retain(|_, stored| stored.source.upgrade().is_some());
        images
            .insert(key, Stored { source: image.0.data.downgrade(), pixels: Arc::clone(&pixels) });
        Ok(pixels)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, FxHashMap<(u64, u8), Stored>> {
        // A cache has no state that a panic could leave half done.
        self.images.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The image as a pixmap. Only for images that passed [`check`].
pub(crate) fn premultiplied(image: &ImageData) -> Pixmap {
    let data = &image.0;
    let mut pixmap = Pixmap::new(data.width, data.height);
    pixmap.data_mut().copy_from_slice(data.data.data());
    let straight = data.alpha_type == ImageAlphaType::Alpha;
    let swapped = data.format == ImageFormat::Bgra8;
    if straight || swapped {
        for pixel in pixmap.words_mut() {
            let [mut r, g, mut b, a] = pixel.to_ne_bytes();
            if swapped {
                std::mem::swap(&mut r, &mut b);
            }
            if a != 255 && straight {
                let faded = |part: u8| crate::filter::div_255(u32::from(part) * u32::from(a)) as u8;
                *pixel = u32::from_ne_bytes([faded(r), faded(g), faded(b), a]);
            } else {
                *pixel = u32::from_ne_bytes([r, g, b, a]);
            }
        }
    }
    pixmap
}

/// Half as many px on each side, each the mean of four.
pub(crate) fn half(pixmap: &Pixmap) -> Pixmap {
    let (width, height) = ((pixmap.width() / 2).max(1), (pixmap.height() / 2).max(1));
    let mut small = Pixmap::new(width, height);
    for y in 0..height {
        for x in 0..width {
            let at = |dx: u32, dy: u32| {
                pixmap.pixel(
                    (x * 2 + dx).min(pixmap.width() - 1),
                    (y * 2 + dy).min(pixmap.height() - 1),
                )
            };
            let four = [at(0, 0), at(1, 0), at(0, 1), at(1, 1)];
            let mean = std::array::from_fn(|channel| {
                (four.iter().map(|pixel| u32::from(pixel[channel])).sum::<u32>() + 2) / 4
            });
            small.row_mut(y, x, x + 1)[0] = u32::from_ne_bytes(mean.map(|part| part as u8));
        }
    }
    small
}

/// For [`Pixmap`]s whose sides fit into 16 bits.
pub(super) fn to_vello(pixmap: &Pixmap) -> vello_cpu::Pixmap {
    let opaque = pixmap.words().iter().all(|pixel| pixel.to_ne_bytes()[3] == 255);
    vello_cpu::Pixmap::from_parts(
        pixmap.data().to_vec(),
        pixmap.width() as u16,
        pixmap.height() as u16,
        vello_cpu::PixelMetadata::new(ImageAlphaType::AlphaPremultiplied, !opaque),
    )
}

#[cfg(test)]
mod tests {
    use peniko::Blob;

    use super::*;

    fn image(width: u32, height: u32, bytes: Vec<u8>) -> ImageData {
        ImageData(peniko::ImageData {
            data: Blob::from(bytes),
            format: ImageFormat::Rgba8,
            alpha_type: ImageAlphaType::Alpha,
            width,
            height,
        })
    }

    #[test]
    fn images_that_lie_about_their_size_are_refused() {
        assert_eq!(check(&image(2, 2, vec![0; 15])), Err(Unsupported::ImageFormat));
        assert_eq!(check(&image(0, 0, vec![])), Err(Unsupported::ImageFormat));
        assert_eq!(check(&image(40_000, 1, vec![0; 160_000])), Err(Unsupported::LargeImage));
        assert_eq!(check(&image(2, 2, vec![0; 16])), Ok(()));
    }

    #[test]
    fn copies_live_as_long_as_their_image() {
        let store = ImageStore::default();
        let first = image(2, 2, vec![200; 16]);
        store.get(&first, 0).unwrap();
        store.get(&first, 1).unwrap();
        assert_eq!(store.lock().len(), 2);
        drop(first);
        store.get(&image(1, 1, vec![0; 4]), 0).unwrap();
        assert_eq!(store.lock().len(), 1);
    }

    #[test]
    fn halving_follows_the_scale() {
        let check = |scale, expected| {
            assert_eq!(halvings(&image(256, 64, vec![0; 65536]), scale), expected, "{scale}");
        };
        check(2.0, 0);
        check(0.8, 0);
        check(0.5, 1);
        check(0.01, 6);
        check(f64::NAN, 0);
    }
}
