use rustc_hash::FxHashMap;
use wgpu::util::DeviceExt as _;

use super::{
    passes::{Draw, Pass, Source},
    pipelines::{Pipelines, Quad},
};
use crate::{
    Gpu,
    compositor::{
        tiles::{Content, TileCache},
        tree::PictureId,
    },
};

/// Hands a composite to the device.
pub(super) fn encode(
    gpu: &Gpu,
    pipelines: &Pipelines,
    quads: &[Quad],
    passes: &[Pass],
    caches: &FxHashMap<PictureId, TileCache>,
) {
    // An empty buffer is not allowed; one that nobody reads is.
    let contents: &[u8] =
        if quads.is_empty() { &[0; size_of::<Quad>()] } else { bytemuck::cast_slice(quads) };
    let buffer = gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some("quads"),
        contents,
        usage: wgpu::BufferUsages::VERTEX,
    });
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    for pass in passes {
        match pass {
            Pass::Quads { target, format, clear, draws } => {
                let load = clear.map_or(wgpu::LoadOp::Load, |color| {
                    let [r, g, b, a] = color.premultiply().components.map(f64::from);
                    wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a })
                });
                let mut pass = begin(&mut encoder, target, load);
                pass.set_vertex_buffer(0, buffer.slice(..));
                for draw in draws {
                    encode_draw(&mut pass, pipelines, *format, draw, caches);
                }
            }
            Pass::Copy { from, area, to } => {
                let mut source = from.as_image_copy();
                source.origin = wgpu::Origin3d { x: area.x0 as u32, y: area.y0 as u32, z: 0 };
                let size = wgpu::Extent3d {
                    width: area.width(),
                    height: area.height(),
                    depth_or_array_layers: 1,
                };
                encoder.copy_texture_to_texture(source, to.as_image_copy(), size);
            }
            Pass::Filter { from, to, step } => {
                let uniform = gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
                    label: Some("filter"),
                    contents: bytemuck::bytes_of(step),
                    usage: wgpu::BufferUsages::UNIFORM,
                });
                let group = pipelines.filter_group(&gpu.device, from, &uniform);
                let load = wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT);
                let mut pass = begin(&mut encoder, to, load);
                pass.set_pipeline(pipelines.filter());
                pass.set_bind_group(0, &group, &[]);
                pass.draw(0..3, 0..1);
            }
        }
    }
    gpu.queue.submit([encoder.finish()]);
}

fn begin<'a>(
    encoder: &'a mut wgpu::CommandEncoder,
    view: &wgpu::TextureView,
    load: wgpu::LoadOp<wgpu::Color>,
) -> wgpu::RenderPass<'a> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: None,
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            resolve_target: None,
            ops: wgpu::Operations { load, store: wgpu::StoreOp::Store },
            depth_slice: None,
        })],
        ..Default::default()
    })
}

fn encode_draw(
    pass: &mut wgpu::RenderPass<'_>,
    pipelines: &Pipelines,
    format: wgpu::TextureFormat,
    draw: &Draw,
    caches: &FxHashMap<PictureId, TileCache>,
) {
    let group = match &draw.source {
        Source::Group(group) => group,
        Source::Tile(picture, index) => {
            let tile = caches.get(picture).and_then(|cache| cache.tiles.get(index));
            match tile.map(|tile| &tile.content) {
                Some(Content::Gpu(tile)) => &tile.group,
                _ => return,
            }
        }
    };
    let pipeline = if draw.blends { pipelines.blend() } else { pipelines.over(format) };
    pass.set_pipeline(pipeline);
    pass.set_bind_group(0, group, &[]);
    let scissor = draw.scissor;
    pass.set_scissor_rect(scissor.x0 as u32, scissor.y0 as u32, scissor.width(), scissor.height());
    pass.draw(0..4, draw.quad..draw.quad + 1);
}
