use std::sync::Arc;

use crate::RenderError;

/// A connection to a graphics device, shared by all that draw with it.
///
/// Making one takes long (drivers are loaded), so it is made once, when it is
/// first needed, and never for a compositor on the CPU.
#[derive(Debug)]
pub struct Gpu {
    pub(crate) instance: wgpu::Instance,
    pub(crate) adapter: wgpu::Adapter,
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
}

/// Which adapters are good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adapters {
    /// Only real GPUs.
    Hardware,
    /// Also drivers that draw on the CPU, far slower than [`crate::Compositor::cpu`].
    Any,
}

impl Gpu {
    /// A device that shows nothing in a window.
    ///
    /// # Errors
    ///
    /// If there is no such adapter, or it gives no device.
    pub fn headless(adapters: Adapters) -> Result<Arc<Self>, RenderError> {
        let instance = Self::new_instance();
        Self::with_instance(instance, adapters, None)
    }

    /// A device of the host's, so that a compositor draws onto the host's
    /// textures.
    #[must_use]
    pub fn sharing(
        instance: wgpu::Instance,
        adapter: wgpu::Adapter,
        device: wgpu::Device,
        queue: wgpu::Queue,
    ) -> Arc<Self> {
        Arc::new(Self { instance, adapter, device, queue })
    }

    pub(crate) fn new_instance() -> wgpu::Instance {
        let descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
        wgpu::Instance::new(wgpu::InstanceDescriptor {
            backends: wgpu::Backends::PRIMARY | wgpu::Backends::GL,
            flags: wgpu::InstanceFlags::empty(),
            ..descriptor
        })
    }

    pub(crate) fn with_instance(
        instance: wgpu::Instance,
        adapters: Adapters,
        surface: Option<&wgpu::Surface<'_>>,
    ) -> Result<Arc<Self>, RenderError> {
        let no_adapter = |reason: String| RenderError::NoAdapter(reason);
        let adapter = pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::LowPower,
            force_fallback_adapter: false,
            compatible_surface: surface,
            ..Default::default()
        }))
        .map_err(|error| no_adapter(error.to_string()))?;
        let info = adapter.get_info();
        if adapters == Adapters::Hardware && info.device_type == wgpu::DeviceType::Cpu {
            return Err(no_adapter(format!("{} is a software driver", info.name)));
        }
        let limits = wgpu::Limits::downlevel_defaults().using_resolution(adapter.limits());
        let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
            label: Some("virga"),
            required_limits: limits,
            memory_hints: wgpu::MemoryHints::MemoryUsage,
            ..Default::default()
        }))
        .map_err(|error| no_adapter(error.to_string()))?;
        // Validation errors are bugs of ours: they are told, and the app lives.
        device.on_uncaptured_error(Arc::new(|error| tracing::error!("graphics device: {error}")));
        Ok(Arc::new(Self { instance, adapter, device, queue }))
    }

    /// Name of the adapter and of the interface it is used through.
    #[must_use]
    pub fn name(&self) -> String {
        let info = self.adapter.get_info();
        format!("{} ({})", info.name, info.backend)
    }

    /// The device, for a host that draws with it too.
    #[must_use]
    pub fn device(&self) -> &wgpu::Device {
        &self.device
    }

    /// The device's queue.
    #[must_use]
    pub fn queue(&self) -> &wgpu::Queue {
        &self.queue
    }
}
