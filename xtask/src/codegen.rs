//! `cargo xtask codegen`: WebIDL to Rust.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Generates the bindings; with `check` only compares them.
pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    let files = read_idl(&root.join("engine/idl"))?;
    let modules = virga_webidl::generate(&files)?;
    let out = root.join("engine/src/generated");
    let mut stale = Vec::new();
    if !check {
        fs::create_dir_all(&out).with_context(|| format!("making {}", out.display()))?;
    }
    for (name, source) in &modules {
        let path = out.join(name);
        if fs::read_to_string(&path).is_ok_and(|old| old == *source) {
            continue;
        }
        stale.push(path.clone());
        if !check {
            fs::write(&path, source).with_context(|| format!("writing {}", path.display()))?;
        }
    }
    // Modules of interfaces that are gone.
    let wanted: BTreeSet<PathBuf> = modules.keys().map(|name| out.join(name)).collect();
    for entry in fs::read_dir(&out).into_iter().flatten() {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "rs") && !wanted.contains(&path) {
            stale.push(path.clone());
            if !check {
                fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
            }
        }
    }
    if check && !stale.is_empty() {
        for path in &stale {
            eprintln!("out of date: {}", path.display());
        }
        bail!("{} generated files are out of date; run `cargo xtask codegen`", stale.len());
    }
    println!(
        "{} modules from {} files, {} {}",
        modules.len(),
        files.len(),
        stale.len(),
        if check { "out of date" } else { "written" }
    );
    Ok(())
}

/// The WebIDL files of a folder, in order of their names.
fn read_idl(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<std::io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|e| e == "webidl"));
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path
                .file_name()
                .map(|name| format!("engine/idl/{}", name.to_string_lossy()))
                .unwrap_or_default();
            let text =
                fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            Ok((name, text))
        })
        .collect()
}
