//! Windows.

/// Who draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RendererChoice {
    /// The GPU if there is a real one, else the CPU.
    #[default]
    Auto,
    /// The GPU, also if its driver draws on the CPU.
    Gpu,
    /// The CPU.
    Cpu,
}
