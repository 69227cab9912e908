use kurbo::Affine;
use peniko::{Color, Fill};
use virga_display_list::Shape;

use crate::{
    Gpu, IntRect, Pixmap, RenderError,
    paint::{Canvas as _, shape_path},
    raster::{CpuRaster, upload},
};

/// Clips as pictures of their coverage. Drawn by the CPU, so that edges are the
/// same for both compositors, and kept while they stay where they are.
#[derive(Debug, Default)]
pub(super) struct Masks {
    masks: Vec<Mask>,
}

#[derive(Debug)]
struct Mask {
    shape: Shape,
    transform: Affine,
    bounds: IntRect,
    view: wgpu::TextureView,
    used: bool,
}

impl Masks {
    /// The coverage of `shape`, under `transform`, in `bounds`.
    pub(super) fn get(
        &mut self,
        gpu: &Gpu,
        raster: &mut CpuRaster,
        (shape, transform): (&Shape, Affine),
        bounds: IntRect,
    ) -> Result<wgpu::TextureView, RenderError> {
        // A clip that moves by whole px with what it clips is the same.
        let local = Affine::translate((-f64::from(bounds.x0), -f64::from(bounds.y0))) * transform;
        let size = IntRect::from_size(bounds.width(), bounds.height());
        let same =
            |mask: &Mask| mask.bounds == size && mask.transform == local && mask.shape == *shape;
        if let Some(mask) = self.masks.iter_mut().find(|mask| same(mask)) {
            mask.used = true;
            return Ok(mask.view.clone());
        }
        let mut pixmap = Pixmap::new(size.width(), size.height());
        raster.draw_with(&mut pixmap, |canvas| {
            canvas.set_transform(local);
            canvas.set_color(Color::WHITE);
            match shape {
                Shape::Rect(rect) => canvas.fill_rect(*rect),
                shape => canvas.fill_path(&shape_path(shape), Fill::NonZero),
            }
        })?;
        let view = upload(gpu, &pixmap);
        let mask = Mask {
            shape: shape.clone(),
            transform: local,
            bounds: size,
            view: view.clone(),
            used: true,
        };
        self.masks.push(mask);
        Ok(view)
    }

    /// What was not used in this frame is dropped.
    pub(super) fn end_frame(&mut self) {
        self.masks.retain_mut(|mask| std::mem::take(&mut mask.used));
    }
}
