//! The `virga` command.

mod cli;

/// Faster than the system's for many small objects, which script makes.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    cli::main();
}
