//! What a run needs of the outside: the tests, their manifest, the runner.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The injected input of `testdriver.js`, on `internals.sendInput`.
const TESTDRIVER: &str = include_str!("../../wpt/testdriver-vendor.js");

/// A checkout made ready, and a folder to work in.
pub(super) struct Checkout {
    /// The tests.
    pub(super) root: PathBuf,
    /// The runner as shipped, with its lists.
    pub(super) runner: PathBuf,
    /// A copy of the runner with its packages, the manifest and results.
    pub(super) work: PathBuf,
}

impl Checkout {
    /// Takes what is there, and makes what is missing: a copy of the runner with
    /// its packages, the manifest, and the page side of reports and input.
    pub(super) fn prepare(project: &Path, root: &Path, runner: &Path) -> Result<Self> {
        let root = root
            .canonicalize()
            .with_context(|| format!("WPT_ROOT: no checkout at {}", root.display()))?;
        ensure!(
            root.join("resources/testharness.js").is_file(),
            "WPT_ROOT: {} is no checkout of web-platform-tests",
            root.display()
        );
        let runner = runner.canonicalize().with_context(|| {
            format!("WPT_RUNNER: no folder with run_wpt.mjs at {}", runner.display())
        })?;
        let work = project.join("target/wpt");
        crate::copy_folder(&runner, &work)?;
        let checkout = Self { root, runner, work };
        checkout.packages()?;
        checkout.manifest()?;
        let resources = checkout.root.join("resources");
        put(&resources.join("testdriver-vendor.js"), TESTDRIVER)?;
        let report = checkout.work.join("testharnessreport.js");
        let report =
            fs::read_to_string(&report).with_context(|| format!("reading {}", report.display()))?;
        put(&resources.join("testharnessreport.js"), &report)?;
        Ok(checkout)
    }

    /// Which tests there are: address, directory, kind.
    pub(super) fn selection(&self) -> PathBuf {
        self.work.join("selection.json")
    }

    /// Writes down which tests need synthetic input: the runner knows them only among
    /// all others.
    pub(super) fn testdriver_list(&self) -> Result<PathBuf> {
        let selection = self.selection();
        let text = fs::read_to_string(&selection)
            .with_context(|| format!("reading {}", selection.display()))?;
        let tests: Vec<serde_json::Value> = serde_json::from_str(&text)
            .with_context(|| format!("{} is no list of tests", selection.display()))?;
        let urls: Vec<&str> = tests
            .iter()
            .filter(|test| test["testdriver"].as_u64() == Some(1))
            .filter_map(|test| test["url"].as_str())
            .collect();
        let list = self.work.join("lists/testdriver.txt");
        put(&list, &urls.join("\n"))?;
        Ok(list)
    }

    fn packages(&self) -> Result<()> {
        if self.work.join("node_modules").is_dir() {
            return Ok(());
        }
        run(Command::new("npm").arg("install").current_dir(&self.work), "npm install")
    }

    fn manifest(&self) -> Result<()> {
        if self.selection().is_file() {
            return Ok(());
        }
        eprintln!("listing the tests of {} (minutes, once)", self.root.display());
        let manifest = self.work.join("MANIFEST.json");
        run(
            Command::new("python3")
                .args(["wpt", "manifest", "--no-download", "--rebuild", "-p"])
                .arg(&manifest)
                .current_dir(&self.root),
            "wpt manifest",
        )?;
        run(
            Command::new("python3")
                .arg(self.work.join("make_selection.py"))
                .arg(&manifest)
                .arg(self.selection())
                .stdout(std::process::Stdio::null()),
            "make_selection.py",
        )
    }
}

fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = command.status().with_context(|| format!("running {what}"))?;
    ensure!(status.success(), "{what} failed: {status}");
    Ok(())
}

/// Writes a file only where it says something else.
fn put(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}
