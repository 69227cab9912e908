//! The project's chores: `cargo xtask <chore>`.

mod codegen;
mod frameworks;
mod wpt;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
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
    /// Runs the same app in every framework from npm, with real input.
    Frameworks(frameworks::Options),
    /// Runs web-platform-tests and compares with docs/wpt.md.
    Wpt(wpt::Options),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().chore {
        Chore::Codegen { check } => codegen::run(&root(), check),
        Chore::Frameworks(options) => frameworks::run(&root(), &options),
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

/// Builds `virga` with the release profile, and says where it is.
fn build_virga(project: &Path) -> Result<PathBuf> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--package", "virga"])
        .current_dir(project)
        .status()
        .context("running cargo")?;
    ensure!(status.success(), "virga does not build");
    Ok(project.join("target/release/virga"))
}

/// Copies a folder of small files, without what npm put there.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        let target = to.join(name);
        if path.is_dir() {
            if name != "node_modules" {
                copy_folder(&path, &target)?;
            }
        } else {
            // Not `fs::copy`: it would keep a file read-only.
            let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            fs::write(&target, bytes).with_context(|| format!("writing {}", target.display()))?;
        }
    }
    Ok(())
}
