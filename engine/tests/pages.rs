//! Page tests: every `tests/pages/**/*.html` that has an `.expected` beside it is
//! run on a virtual clock, and what its console says is compared.
//!
//! `VIRGA_REBASELINE=1` writes what they say into the `.expected` files instead,
//! also for new pages. `VIRGA_PAGES=substring` picks some.

#![expect(clippy::disallowed_methods, reason = "a test reads its pages")]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
};

use support::{Harness, World, on_app_thread};
use virga_protocol::Micros;

/// Virtual time after which a page has had its chance.
const LIMIT: Micros = Micros(60_000_000);

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("tests/pages")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            find(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "html") {
            found.push(path);
        }
    }
}

fn run(page: &str) -> String {
    let page = page.to_owned();
    on_app_thread(move || {
        let mut harness = Harness::new(&page, World::new());
        harness.run(LIMIT);
        let mut said = harness.console().join("\n");
        if !said.is_empty() {
            said.push('\n');
        }
        said
    })
}

#[test]
fn pages_say_what_is_expected() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let rebaseline = std::env::var_os("VIRGA_REBASELINE").is_some();
    let wanted = std::env::var("VIRGA_PAGES").unwrap_or_default();
    let mut pages = Vec::new();
    find(&root, &mut pages);
    let (mut compared, mut failures) = (0, String::new());
    for page in pages {
        let expected_file = page.with_extension("expected");
        let name =
            page.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
        if !name.contains(&wanted) || !(expected_file.exists() || rebaseline) {
            continue;
        }
        let said = run(&name);
        compared += 1;
        if rebaseline {
            fs::write(&expected_file, said).expect("writing what the page said");
            continue;
        }
        let expected = fs::read_to_string(&expected_file).expect("the expectation");
        if said != expected {
            failures
                .push_str(&format!("--- {name}: expected\n{expected}--- but it said\n{said}\n"));
        }
    }
    assert!(compared > 0, "no page matches {wanted:?}");
    assert!(failures.is_empty(), "\n{failures}");
}
