//! Prints what a frame costs, from display list to pixels.

use std::sync::Arc;

use anyhow::Result;
use clap::Parser;
use virga_benches::render_loop;
use virga_render::{Adapters, Compositor, CpuOptions, Gpu, RendererChoice};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a frame costs, from display list to pixels, on a screen of 780×1688 px.
#[derive(Parser)]
struct Options {
    /// Who draws: auto (the CPU here, since there is no window), gpu or cpu.
    #[arg(long, default_value = "auto")]
    renderer: RendererChoice,
    /// Frames per scene.
    #[arg(long, default_value_t = 200)]
    frames: usize,
    /// Threads that draw tiles.
    #[arg(long)]
    threads: Option<usize>,
    /// Only instructions that every processor of this kind has.
    #[arg(long)]
    reproducible: bool,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let cpu = CpuOptions { reproducible: options.reproducible, threads: options.threads };
    let gpu = match options.renderer {
        RendererChoice::Gpu => Some(Gpu::headless(Adapters::Any)?),
        RendererChoice::Auto | RendererChoice::Cpu => None,
    };
    match &gpu {
        Some(gpu) => println!("drawing with {} (pixels are read back each frame)", gpu.name()),
        None => println!("drawing on the CPU, {cpu:?}"),
    }
    let make = || match &gpu {
        Some(gpu) => Compositor::gpu(&Arc::clone(gpu)),
        None => Compositor::cpu(cpu),
    };
    print!("{}", render_loop::run(&make, options.frames.max(1))?);
    Ok(())
}
