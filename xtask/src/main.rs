//! The project's chores: `cargo xtask <chore>`.

mod codegen;
mod wpt;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's chores.
#[derive(Parser)]
#[command(name = "xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Writes the bindings in engine/src/generated from engine/idl/*.webidl.
    Codegen {
        /// Changes nothing, and fails where the committed files are out of date.
        #[arg(long)]
        check: bool,
    },
    /// Runs web-platform-tests and compares with docs/wpt.md.
    Wpt(wpt::Options),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().chore {
        Chore::Codegen { check } => codegen::run(&root(), check),
        Chore::Wpt(options) => wpt::run(&root(), &options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(PathBuf::from).unwrap_or(here)
}
