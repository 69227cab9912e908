//! stub
use std::sync::Arc;

use peniko::Color;
use rustc_hash::FxHashMap;

use super::{RenderCounters, plan::{Op, TileJob}, tiles::TileCache, tree::PictureId};
use crate::{Gpu, Pixmap, RenderError};

#[derive(Debug)]
pub(crate) struct GpuTile;
#[derive(Debug)]
pub(crate) struct GpuBackend;
pub(crate) struct Target<'a> { pub(crate) view: &'a wgpu::TextureView, pub(crate) format: wgpu::TextureFormat, pub(crate) width: u32, pub(crate) height: u32 }
impl GpuBackend {
    pub(crate) fn new(_: &Arc<Gpu>) -> Self { Self }
    pub(crate) fn draw(&mut self, _: &[TileJob], _: &mut FxHashMap<PictureId, TileCache>, _: &mut RenderCounters) -> Result<(), RenderError> { Ok(()) }
    pub(crate) fn compose(&mut self, _: &[Op], _: &FxHashMap<PictureId, TileCache>, _: Color, _: Target<'_>) -> Result<(), RenderError> { Ok(()) }
    pub(crate) fn compose_to_pixmap(&mut self, _: &[Op], _: &FxHashMap<PictureId, TileCache>, _: Color, _: &mut Pixmap) -> Result<(), RenderError> { Ok(()) }
}
