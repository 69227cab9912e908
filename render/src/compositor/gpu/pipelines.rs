use bytemuck::{Pod, Zeroable};

use crate::raster::FORMAT;

/// The formats that windows have.
const WINDOW: [wgpu::TextureFormat; 2] =
    [wgpu::TextureFormat::Rgba8Unorm, wgpu::TextureFormat::Bgra8Unorm];

/// All pipelines of the compositor.
#[derive(Debug)]
pub(super) struct Pipelines {
    quads: wgpu::BindGroupLayout,
    filters: wgpu::BindGroupLayout,
    /// Covers what is below, for each of [`WINDOW`].
    over: [wgpu::RenderPipeline; 2],
    /// Blends with a copy of what is below, and replaces it.
    blend: wgpu::RenderPipeline,
    filter: wgpu::RenderPipeline,
    sampler: wgpu::Sampler,
}

/// A quad, as `quad.wgsl` reads it.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Quad {
    pub(super) rect: [f32; 4],
    pub(super) linear: [f32; 4],
    pub(super) moved: [f32; 4],
    pub(super) source: [f32; 4],
    pub(super) around: [f32; 4],
    pub(super) blend: [u32; 4],
}

/// A step of a filter, as `filter.wgsl` reads it.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(super) struct FilterStep {
    pub(super) matrix: [[f32; 4]; 4],
    pub(super) constant: [f32; 4],
    pub(super) color: [f32; 4],
    pub(super) along: [f32; 2],
    pub(super) deviation: f32,
    pub(super) kind: u32,
}

impl Pipelines {
    pub(super) fn new(device: &wgpu::Device) -> Self {
        let texture = |binding, filterable| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty: wgpu::BindingType::Texture {
                sample_type: wgpu::TextureSampleType::Float { filterable },
                view_dimension: wgpu::TextureViewDimension::D2,
                multisampled: false,
            },
            count: None,
        };
        let quads = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("quads"),
            entries: &[
                texture(0, true),
                texture(1, false),
                texture(2, false),
                wgpu::BindGroupLayoutEntry {
                    binding: 3,
                    visibility: wgpu::ShaderStages::FRAGMENT,
                    ty: wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
                    count: None,
                },
            ],
        });
        let filters = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("filters"),
            entries: &[
                texture(0, false),
                wgpu::BindGroupLayoutEntry {
                    binding: 1,
                    visibility: wgpu::ShaderStages::FRAGMENT,
                    ty: wgpu::BindingType::Buffer {
                        ty: wgpu::BufferBindingType::Uniform,
                        has_dynamic_offset: false,
                        min_binding_size: None,
                    },
                    count: None,
                },
            ],
        });
        let quad_shader = device.create_shader_module(wgpu::include_wgsl!("quad.wgsl"));
        let filter_shader = device.create_shader_module(wgpu::include_wgsl!("filter.wgsl"));
        let over = wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING;
        let quad = |entry, format, blend| {
            pipeline(device, &quads, &quad_shader, entry, format, blend, true)
        };
        Self {
            over: WINDOW.map(|format| quad("over", format, Some(over))),
            blend: quad("blend", FORMAT, None),
            filter: pipeline(device, &filters, &filter_shader, "fragment", FORMAT, None, false),
            sampler: device.create_sampler(&wgpu::SamplerDescriptor {
                mag_filter: wgpu::FilterMode::Linear,
                min_filter: wgpu::FilterMode::Linear,
                ..Default::default()
            }),
            quads,
            filters,
        }
    }

    pub(super) fn over(&self, format: wgpu::TextureFormat) -> &wgpu::RenderPipeline {
        let index = WINDOW.iter().position(|known| *known == format).unwrap_or(0);
        &self.over[index]
    }

    pub(super) fn blend(&self) -> &wgpu::RenderPipeline {
        &self.blend
    }

    pub(super) fn filter(&self) -> &wgpu::RenderPipeline {
        &self.filter
    }

    pub(super) fn quad_group(
        &self,
        device: &wgpu::Device,
        pixels: &wgpu::TextureView,
        mask: &wgpu::TextureView,
        backdrop: &wgpu::TextureView,
    ) -> wgpu::BindGroup {
        let view = |binding, view| wgpu::BindGroupEntry {
            binding,
            resource: wgpu::BindingResource::TextureView(view),
        };
        device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &self.quads,
            entries: &[
                view(0, pixels),
                view(1, mask),
                view(2, backdrop),
                wgpu::BindGroupEntry {
                    binding: 3,
                    resource: wgpu::BindingResource::Sampler(&self.sampler),
                },
            ],
        })
    }

    pub(super) fn filter_group(
        &self,
        device: &wgpu::Device,
        pixels: &wgpu::TextureView,
        step: &wgpu::Buffer,
    ) -> wgpu::BindGroup {
        device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &self.filters,
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(pixels),
                },
                wgpu::BindGroupEntry { binding: 1, resource: step.as_entire_binding() },
            ],
        })
    }
}

const ATTRIBUTES: [wgpu::VertexAttribute; 6] = wgpu::vertex_attr_array![
    0 => Float32x4, 1 => Float32x4, 2 => Float32x4, 3 => Float32x4, 4 => Float32x4, 5 => Uint32x4
];

fn pipeline(
    device: &wgpu::Device,
    groups: &wgpu::BindGroupLayout,
    shader: &wgpu::ShaderModule,
    entry: &str,
    format: wgpu::TextureFormat,
    blend: Option<wgpu::BlendState>,
    quads: bool,
) -> wgpu::RenderPipeline {
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: None,
        bind_group_layouts: &[Some(groups)],
        immediate_size: 0,
    });
    let instances = wgpu::VertexBufferLayout {
        array_stride: size_of::<Quad>() as u64,
        step_mode: wgpu::VertexStepMode::Instance,
        attributes: &ATTRIBUTES,
    };
    let buffers = [Some(instances)];
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(entry),
        layout: Some(&layout),
        vertex: wgpu::VertexState {
            module: shader,
            entry_point: Some("vertex"),
            compilation_options: Default::default(),
            buffers: if quads { &buffers } else { &[] },
        },
        primitive: wgpu::PrimitiveState {
            topology: if quads {
                wgpu::PrimitiveTopology::TriangleStrip
            } else {
                wgpu::PrimitiveTopology::TriangleList
            },
            ..Default::default()
        },
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: shader,
            entry_point: Some(entry),
            compilation_options: Default::default(),
            targets: &[Some(wgpu::ColorTargetState {
                format,
                blend,
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}
