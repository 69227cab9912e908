//! What the generator writes, against files, and what it refuses.
//!
//! `tests/runtime/test.webidl` uses every feature; its output is committed in
//! `tests/runtime/generated`, where `tests/runtime` compiles and runs it. With
//! `VIRGA_REBASELINE=1` the expectations are written anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn rebaseline() -> bool {
    std::env::var_os("VIRGA_REBASELINE").is_some()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

#[test]
fn output_is_as_committed() {
    let source = read(&here().join("runtime/test.webidl"));
    let files = [("test.webidl".to_owned(), source)];
    let modules = match virga_webidl::generate(&files) {
        Ok(modules) => modules,
        Err(error) => panic!("{error}"),
    };
    let folder = here().join("runtime/generated");
    if rebaseline() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder for the output");
        for (name, text) in &modules {
            fs::write(folder.join(name), text).expect("writing the output");
        }
        return;
    }
    let mut wrong = Vec::new();
    for (name, text) in &modules {
        let expected = read(&folder.join(name));
        if expected != *text {
            let line = expected.lines().zip(text.lines()).position(|(a, b)| a != b);
            wrong.push(format!("{name}: first difference in line {}", line.unwrap_or(0) + 1));
        }
    }
    let committed: BTreeSet<String> = fs::read_dir(&folder)
        .expect("the committed output")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    for name in committed.iter().filter(|name| !modules.contains_key(*name)) {
        wrong.push(format!("{name}: no longer written"));
    }
    assert!(wrong.is_empty(), "VIRGA_REBASELINE=1 accepts this:\n{}", wrong.join("\n"));
}

#[test]
fn output_does_not_depend_on_the_order_of_files() {
    let a =
        ("a.webidl".to_owned(), "[Exposed=Window] interface A : B { attribute T t; };".to_owned());
    let b = (
        "b.webidl".to_owned(),
        "[Exposed=Window] interface B {}; typedef long T; partial interface A { undefined f(); };"
            .to_owned(),
    );
    let one = virga_webidl::generate(&[a.clone(), b.clone()]).expect("both orders are fine");
    let two = virga_webidl::generate(&[b, a]).expect("both orders are fine");
    assert_eq!(one, two);
}

/// Each file of `tests/errors` starts with the message that it must bring.
#[test]
fn mistakes_are_named_with_their_place() {
    let mut count = 0;
    for entry in fs::read_dir(here().join("errors")).expect("tests/errors") {
        let path = entry.expect("an entry").path();
        let text = read(&path);
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let expected =
            text.lines().next().and_then(|line| line.strip_prefix("// ")).expect("a first line");
        match virga_webidl::load(&[(name.clone(), text.clone())])
            .map(drop)
            .and_then(|()| virga_webidl::generate(&[(name.clone(), text.clone())]).map(drop))
        {
            Ok(()) => panic!("{name} was accepted, expected: {expected}"),
            Err(error) => assert_eq!(error.to_string(), expected, "{name}"),
        }
        count += 1;
    }
    assert!(count >= 20, "only {count} files");
}
