use super::Raster;
use crate::{IntRect, Picture, RenderError, Unsupported};

/// Draws nothing, and counts.
#[derive(Debug, Default)]
pub struct NullRaster {
    /// How many px it was asked for.
    pub pixels: u64,
}

impl Raster for NullRaster {
    type Target = ();

    fn supports(&self, _: &Picture, _: IntRect, _: f64) -> Result<(), Unsupported> {
        Ok(())
    }

    fn raster(
        &mut self,
        _: &Picture,
        area: IntRect,
        _: f64,
        (): &mut (),
    ) -> Result<(), RenderError> {
        self.pixels += area.area();
        Ok(())
    }
}
