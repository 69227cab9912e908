//! The `virga` command.

mod cli;
#[cfg(target_os = "linux")]
mod heap;

/// Faster than the system's for many small objects, which script makes.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    #[cfg(target_os = "linux")]
    heap::set_up();
    cli::main();
}
