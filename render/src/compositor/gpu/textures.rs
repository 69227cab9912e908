use std::sync::Arc;

use crate::{
    Gpu, Pixmap, RenderError,
    raster::{FORMAT, upload},
};

/// Textures for surfaces, used again from frame to frame.
#[derive(Debug)]
pub(super) struct Textures {
    gpu: Arc<Gpu>,
    /// One opaque white px: a mask that masks nothing.
    blank: wgpu::TextureView,
    free: Vec<Picture>,
    /// Taken during this frame.
    taken: Vec<Picture>,
}

/// A texture and all of it.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    pub(super) texture: wgpu::Texture,
    pub(super) view: wgpu::TextureView,
}

impl Textures {
    pub(super) fn new(gpu: &Arc<Gpu>) -> Self {
        let mut white = Pixmap::new(1, 1);
        white.words_mut().fill(u32::MAX);
        Self {
            blank: upload(gpu, &white),
            gpu: Arc::clone(gpu),
            free: Vec::new(),
            taken: Vec::new(),
        }
    }

    pub(super) fn blank(&self) -> &wgpu::TextureView {
        &self.blank
    }

    /// A texture with anything on it, until the end of the frame.
    pub(super) fn take(&mut self, width: u32, height: u32) -> Result<Picture, RenderError> {
        let most = self.gpu.device.limits().max_texture_dimension_2d;
        if width > most || height > most {
            return Err(RenderError::TooLarge(width, height));
        }
        let fits = |picture: &Picture| {
            (picture.texture.width(), picture.texture.height()) == (width, height)
        };
        let picture = match self.free.iter().position(fits) {
            Some(index) => self.free.swap_remove(index),
            None => {
                let texture = create(&self.gpu.device, width, height);
                let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
                Picture { texture, view }
            }
        };
        self.taken.push(picture.clone());
        Ok(picture)
    }

    /// What was not taken in this frame is dropped.
    pub(super) fn end_frame(&mut self) {
        self.free = std::mem::take(&mut self.taken);
    }
}

/// A texture that can be drawn onto, read and copied.
pub(super) fn create(device: &wgpu::Device, width: u32, height: u32) -> wgpu::Texture {
    device.create_texture(&wgpu::TextureDescriptor {
        label: Some("layer"),
        size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: FORMAT,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT
            | wgpu::TextureUsages::TEXTURE_BINDING
            | wgpu::TextureUsages::COPY_SRC
            | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    })
}

/// Waits for the device and copies a texture into a pixmap of its size.
pub(super) fn read_back(
    gpu: &Gpu,
    texture: &wgpu::Texture,
    pixmap: &mut Pixmap,
) -> Result<(), RenderError> {
    let (width, height) = (texture.width(), texture.height());
    let stride = (width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("read back"),
        size: u64::from(stride) * u64::from(height),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    encoder.copy_texture_to_buffer(
        texture.as_image_copy(),
        wgpu::TexelCopyBufferInfo {
            buffer: &buffer,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(stride),
                rows_per_image: None,
            },
        },
        wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
    );
    gpu.queue.submit([encoder.finish()]);
    let lost = |why: String| RenderError::DeviceLost(why);
    let (sender, receiver) = std::sync::mpsc::channel();
    let slice = buffer.slice(..);
    slice.map_async(wgpu::MapMode::Read, move |result| {
        // The receiver waits below.
        let _ = sender.send(result);
    });
    gpu.device
        .poll(wgpu::PollType::wait_indefinitely())
        .map_err(|error| lost(error.to_string()))?;
    receiver
        .recv()
        .map_err(|error| lost(error.to_string()))?
        .map_err(|error| lost(error.to_string()))?;
    let mapped = slice.get_mapped_range().map_err(|error| lost(error.to_string()))?;
    let row = width as usize * 4;
    for (to, from) in
        pixmap.data_mut().chunks_exact_mut(row).zip(mapped.chunks_exact(stride as usize))
    {
        to.copy_from_slice(&from[..row]);
    }
    drop(mapped);
    buffer.unmap();
    Ok(())
}
