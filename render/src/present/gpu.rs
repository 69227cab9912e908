use std::{fmt, path::Path, sync::Arc};

use super::{RendererChoice, Surface, Window};
use crate::{Adapters, Composited, Compositor, Gpu, RenderError};

/// A window that a GPU composes onto.
pub struct GpuSurface<W: Window> {
    gpu: Arc<Gpu>,
    window: Arc<W>,
    surface: wgpu::Surface<'static>,
    config: wgpu::SurfaceConfiguration,
    /// Whether the surface has to be configured before it is used.
    is_stale: bool,
}

impl<W: Window> GpuSurface<W> {
    /// A surface for `window`, whose size it must be told.
    ///
    /// # Errors
    ///
    /// If there is no GPU that `choice` allows and that can show pictures in
    /// the window.
    pub fn new(window: Arc<W>, choice: RendererChoice) -> Result<Self, RenderError> {
        if choice == RendererChoice::Auto && !may_have_gpu() {
            return Err(RenderError::NoAdapter("the system has no graphics device".to_owned()));
        }
        let instance = Gpu::new_instance();
        let surface = instance.create_surface(Arc::clone(&window)).map_err(failed)?;
        let adapters = match choice {
            RendererChoice::Gpu => Adapters::Any,
            _ => Adapters::Hardware,
        };
        let gpu = Gpu::with_instance(instance, adapters, Some(&surface))?;
        let capabilities = surface.get_capabilities(&gpu.adapter);
        // Colours are composed as they are, without conversion to linear light.
        let format = capabilities
            .formats
            .iter()
            .copied()
            .find(|format| {
                matches!(format, wgpu::TextureFormat::Bgra8Unorm | wgpu::TextureFormat::Rgba8Unorm)
            })
            .ok_or_else(|| RenderError::Surface("no 8-bit format".to_owned()))?;
        let mut config = surface
            .get_default_config(&gpu.adapter, 1, 1)
            .ok_or_else(|| RenderError::Surface("the adapter does not know it".to_owned()))?;
        config.format = format;
        config.present_mode = wgpu::PresentMode::Fifo;
        config.desired_maximum_frame_latency = 1;
        Ok(Self { gpu, window, surface, config, is_stale: true })
    }

    /// The device that composes.
    #[must_use]
    pub fn gpu(&self) -> &Arc<Gpu> {
        &self.gpu
    }

    /// The next picture to compose onto; `None` while the window is hidden.
    fn acquire(&mut self) -> Result<Option<wgpu::SurfaceTexture>, RenderError> {
        use wgpu::CurrentSurfaceTexture as Current;
        for _ in 0..3 {
            if self.is_stale {
                self.surface.configure(&self.gpu.device, &self.config);
                self.is_stale = false;
            }
            match self.surface.get_current_texture() {
                Current::Success(texture) => return Ok(Some(texture)),
                Current::Suboptimal(texture) => {
                    self.is_stale = true;
                    return Ok(Some(texture));
                }
                Current::Timeout | Current::Occluded => return Ok(None),
                Current::Outdated => self.is_stale = true,
                Current::Lost => {
                    let window = Arc::clone(&self.window);
                    self.surface = self.gpu.instance.create_surface(window).map_err(failed)?;
                    self.is_stale = true;
                }
                Current::Validation => {
                    return Err(RenderError::Surface("the surface is not valid".to_owned()));
                }
            }
        }
        Err(RenderError::DeviceLost("its surface cannot be restored".to_owned()))
    }
}

impl<W: Window> Surface for GpuSurface<W> {
    fn resize(&mut self, width: u32, height: u32) {
        let most = self.gpu.device.limits().max_texture_dimension_2d;
        let (width, height) = (width.min(most), height.min(most));
        if (self.config.width, self.config.height) != (width, height) {
            self.config.width = width;
            self.config.height = height;
            self.is_stale = true;
        }
    }

    fn present(&mut self, compositor: &mut Compositor) -> Result<Composited, RenderError> {
        if self.config.width == 0 || self.config.height == 0 {
            return Ok(Composited::default());
        }
        let Some(texture) = self.acquire()? else {
            return Ok(Composited::default());
        };
        let view = texture.texture.create_view(&wgpu::TextureViewDescriptor::default());
        let (width, height) = (texture.texture.width(), texture.texture.height());
        let result = compositor.composite_texture(&view, self.config.format, width, height)?;
        self.gpu.queue.present(texture);
        Ok(result)
    }

    fn is_gpu(&self) -> bool {
        true
    }
}

impl<W: Window> fmt::Debug for GpuSurface<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GpuSurface").field("gpu", &self.gpu.name()).finish_non_exhaustive()
    }
}

/// A cheap look before drivers are loaded, which costs time and memory. Where
/// it cannot be known, there may be one.
fn may_have_gpu() -> bool {
    if cfg!(not(target_os = "linux")) {
        return true;
    }
    let render_node = std::fs::read_dir("/dev/dri").is_ok_and(|nodes| {
        nodes.flatten().any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
    });
    render_node || Path::new("/dev/nvidiactl").exists() || Path::new("/dev/mali0").exists()
}

fn failed(error: wgpu::CreateSurfaceError) -> RenderError {
    RenderError::Surface(error.to_string())
}
