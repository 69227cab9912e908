//! What tests reached: of one run, and as recorded in `docs/`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

/// What a test does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Reports subtests from script.
    Testharness,
    /// The same with synthetic input.
    Testdriver,
    /// Compares pictures.
    Reftest,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Testharness, Self::Testdriver, Self::Reftest];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Testharness => "testharness",
            Self::Testdriver => "testdriver",
            Self::Reftest => "reftest",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Testharness => "Script tests",
            Self::Testdriver => "Script tests with synthetic input",
            Self::Reftest => "Reference tests",
        }
    }

    fn denominator(self) -> &'static str {
        match self {
            Self::Testharness => {
                "Of each listed test the share of its subtests that pass; a missing subtest fails."
            }
            Self::Testdriver => {
                "No list: of each test the share of the subtests it reported; none is a failure."
            }
            Self::Reftest => "A picture of one flat colour is a failure.",
        }
    }
}

/// How one test went.
#[derive(Clone)]
struct Outcome {
    directory: String,
    passed: u64,
    total: u64,
    /// `ok`, `timeout`, `crash` or `error`.
    end: String,
}

impl Outcome {
    fn share(&self) -> f64 {
        if self.total == 0 { 0.0 } else { ratio(self.passed, self.total) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of tests are far below 2^52")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// How tests went, by address.
#[derive(Default)]
pub(super) struct Outcomes(BTreeMap<String, Outcome>);

impl Outcomes {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Judged by a list: address, directory, kind, subtests, separated by tabs.
    /// `partial` leaves out what has no result, which otherwise has failed.
    ///
    /// # Errors
    ///
    /// Files that cannot be read or do not say what they should.
    pub(super) fn of_list(
        results: &Path,
        list: &Path,
        kind: Kind,
        covers: impl Fn(&str) -> bool,
        partial: bool,
    ) -> Result<Self> {
        let results = json(results)?;
        let text = read(list)?;
        let mut outcomes = Self::default();
        for (number, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let fields: Vec<&str> = line.split('\t').collect();
            let &[url, directory, of, total] = &fields[..] else {
                return Err(anyhow!("{}:{}: not four fields", list.display(), number + 1));
            };
            if of != kind.name() || !covers(directory) || (partial && results.get(url).is_none()) {
                continue;
            }
            let total = total.parse().with_context(|| {
                format!("{}:{}: subtests: {total:?}", list.display(), number + 1)
            })?;
            outcomes.0.insert(url.to_owned(), outcome(results.get(url), directory, Some(total)));
        }
        Ok(outcomes)
    }

    /// Judged by what was run.
    ///
    /// # Errors
    ///
    /// Files that cannot be read or do not say what they should.
    pub(super) fn of_run(results: &Path, selection: &Path) -> Result<Self> {
        let results = json(results)?;
        let selection = json(selection)?;
        let mut outcomes = Self::default();
        for test in selection.as_array().into_iter().flatten() {
            let (Some(url), Some(directory)) = (test["url"].as_str(), test["cat"].as_str()) else {
                continue;
            };
            if test["testdriver"].as_u64() == Some(1)
                && let Some(result) = results.get(url)
            {
                outcomes.0.insert(url.to_owned(), outcome(Some(result), directory, None));
            }
        }
        Ok(outcomes)
    }

    /// By directory, as far as the record tells them apart, and the sum.
    fn rows(&self) -> BTreeMap<String, Row> {
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for outcome in self.0.values() {
            rows.entry(heading(&outcome.directory)).or_default().add(outcome);
        }
        rows
    }

    fn sum(&self) -> Row {
        let mut sum = Row::default();
        self.0.values().for_each(|outcome| sum.add(outcome));
        sum
    }
}

/// `html/semantics/forms` → `html/semantics`, `dom/nodes` → `dom`.
fn heading(directory: &str) -> String {
    let depth = if directory.starts_with("html/") || directory.starts_with("css/") { 2 } else { 1 };
    directory.split('/').take(depth).collect::<Vec<_>>().join("/")
}

fn outcome(result: Option<&Value>, directory: &str, total: Option<u64>) -> Outcome {
    let subtests = result.and_then(|result| result["sub"].as_object());
    let count = |passing: bool| {
        let each = subtests.into_iter().flatten();
        each.filter(|(_, end)| !passing || end.as_u64() == Some(0)).count() as u64
    };
    let end = match result.map(|result| &result["status"]) {
        None => "missing",
        Some(status) if status.as_u64() == Some(0) => "ok",
        Some(status) if status.as_u64() == Some(2) => "timeout",
        Some(status) => match status.as_str() {
            Some("TIMEOUT") => "timeout",
            Some("CRASH") => "crash",
            _ => "error",
        },
    };
    let blank = result.is_some_and(|result| result["blank"].as_bool() == Some(true));
    let total = total.unwrap_or_else(|| count(false).max(1));
    let passed = if blank { 0 } else { count(true).min(total) };
    Outcome { directory: directory.to_owned(), passed, total, end: end.to_owned() }
}

/// A line of a table.
#[derive(Default)]
struct Row {
    tests: u64,
    whole: u64,
    shares: f64,
    timeouts: u64,
    crashes: u64,
}

impl Row {
    fn add(&mut self, outcome: &Outcome) {
        self.tests += 1;
        self.whole += u64::from(outcome.passed == outcome.total);
        self.shares += outcome.share();
        self.timeouts += u64::from(outcome.end == "timeout");
        self.crashes += u64::from(outcome.end == "crash");
    }

    /// Per cent: the mean of the tests' shares.
    fn mean(&self) -> f64 {
        if self.tests == 0 { 0.0 } else { 100.0 * self.shares / ratio(self.tests, 1) }
    }
}

/// What `docs/` says of all kinds.
pub(super) struct Record {
    docs: PathBuf,
    kinds: Vec<(Kind, Outcomes)>,
}

impl Record {
    /// Reads `docs/wpt/*.tsv`; one that is not there yet is empty.
    ///
    /// # Errors
    ///
    /// A file that does not say what it should.
    pub(super) fn read(project: &Path) -> Result<Self> {
        let docs = project.join("docs");
        let mut kinds = Vec::new();
        for kind in Kind::ALL {
            let path = docs.join(format!("wpt/{}.tsv", kind.name()));
            let text = if path.exists() { read(&path)? } else { String::new() };
            let mut outcomes = Outcomes::default();
            for (number, line) in text.lines().enumerate() {
                let fields: Vec<&str> = line.split('\t').collect();
                let wrong = || format!("{}:{}: {line:?}", path.display(), number + 1);
                let &[url, directory, passed, total, end] = &fields[..] else {
                    return Err(anyhow!(wrong()));
                };
                let outcome = Outcome {
                    directory: directory.to_owned(),
                    passed: passed.parse().with_context(wrong)?,
                    total: total.parse().with_context(wrong)?,
                    end: end.to_owned(),
                };
                outcomes.0.insert(url.to_owned(), outcome);
            }
            kinds.push((kind, outcomes));
        }
        Ok(Self { docs, kinds })
    }

    /// Prints the run beside the record; says which tests got worse.
    pub(super) fn compare(&self, kind: Kind, run: &Outcomes) -> Vec<String> {
        let empty = Outcomes::default();
        let recorded = self.kinds.iter().find(|(k, _)| *k == kind).map_or(&empty, |(_, o)| o);
        let before = Outcomes(
            recorded
                .0
                .iter()
                .filter(|(url, _)| run.0.contains_key(*url))
                .map(|(url, outcome)| (url.clone(), outcome.clone()))
                .collect(),
        );
        let old = before.rows();
        println!(
            "{:32} {:>6} {:>6} {:>8} {:>9} {:>8} {:>7}",
            "directory", "tests", "whole", "mean %", "recorded", "timeout", "crash"
        );
        let line = |name: &str, row: &Row, old: Option<&Row>| {
            let old = old.map_or_else(|| "-".to_owned(), |old| format!("{:.1}", old.mean()));
            println!(
                "{name:32} {:>6} {:>6} {:>8.1} {old:>9} {:>8} {:>7}",
                row.tests,
                row.whole,
                row.mean(),
                row.timeouts,
                row.crashes
            );
        };
        for (name, row) in run.rows() {
            line(&name, &row, old.get(&name));
        }
        line("all", &run.sum(), (!before.is_empty()).then(|| before.sum()).as_ref());
        let mut worse = Vec::new();
        for (url, new) in &run.0 {
            if let Some(old) = before.0.get(url)
                && new.share() < old.share()
            {
                worse.push(format!(
                    "{url}: {}/{} ({}), was {}/{}",
                    new.passed, new.total, new.end, old.passed, old.total
                ));
            }
        }
        worse
    }

    /// Takes the outcomes of a run in, in place of older ones of the same tests.
    pub(super) fn take(&mut self, kind: Kind, run: Outcomes) {
        if let Some((_, outcomes)) = self.kinds.iter_mut().find(|(k, _)| *k == kind) {
            outcomes.0.extend(run.0);
        }
    }

    /// Writes the record and its summary.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub(super) fn write(&self, project: &Path) -> Result<()> {
        let folder = self.docs.join("wpt");
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let mut page = String::from(
            "# Web-platform-tests\n\n\
             Written by `cargo xtask wpt --record`; `docs/wpt/` holds it test by test. The\n\
             figure is the mean over tests. CONTRIBUTING.md says how to run them.\n",
        );
        for (kind, outcomes) in &self.kinds {
            if outcomes.is_empty() {
                continue;
            }
            let mut lines = String::new();
            for (url, o) in &outcomes.0 {
                let Outcome { directory, passed, total, end } = o;
                let _ = writeln!(lines, "{url}\t{directory}\t{passed}\t{total}\t{end}");
            }
            let path = folder.join(format!("{}.tsv", kind.name()));
            fs::write(&path, lines).with_context(|| format!("writing {}", path.display()))?;
            let _ = write!(
                page,
                "\n## {}\n\n{}\n\n| directory | tests | passed whole | mean | timeouts | crashes |\n\
                 |---|--:|--:|--:|--:|--:|\n",
                kind.title(),
                kind.denominator()
            );
            let mut line = |name: &str, row: &Row| {
                let Row { tests, whole, timeouts, crashes, .. } = row;
                let _ = writeln!(
                    page,
                    "| {name} | {tests} | {whole} | {:.1} % | {timeouts} | {crashes} |",
                    row.mean()
                );
            };
            for (name, row) in outcomes.rows() {
                line(&format!("`{name}`"), &row);
            }
            line("**all**", &outcomes.sum());
        }
        let path = project.join("docs/wpt.md");
        fs::write(&path, page).with_context(|| format!("writing {}", path.display()))
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

fn json(path: &Path) -> Result<Value> {
    serde_json::from_str(&read(path)?).with_context(|| format!("{} is no JSON", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(result: Option<&str>, total: Option<u64>, expected: (u64, u64, &str)) {
        let result = result.map(|text| serde_json::from_str(text).expect("JSON"));
        let outcome = outcome(result.as_ref(), "dom/nodes", total);
        assert_eq!((outcome.passed, outcome.total, outcome.end.as_str()), expected);
    }

    #[test]
    fn a_test_is_judged_by_its_list() {
        check(Some(r#"{"status":0,"sub":{"a":0,"b":[1,"no"]}}"#), Some(3), (1, 3, "ok"));
        check(Some(r#"{"status":0,"sub":{"a":0,"b":0}}"#), Some(1), (1, 1, "ok"));
        check(Some(r#"{"status":"CRASH","sub":{}}"#), Some(2), (0, 2, "crash"));
        check(Some(r#"{"status":2,"sub":{"a":0}}"#), Some(2), (1, 2, "timeout"));
        check(Some(r#"{"status":0,"sub":{"reftest":0},"blank":true}"#), Some(1), (0, 1, "ok"));
        check(None, Some(4), (0, 4, "missing"));
    }

    #[test]
    fn a_test_without_a_list_that_says_nothing_has_failed() {
        check(Some(r#"{"status":"TIMEOUT","sub":{}}"#), None, (0, 1, "timeout"));
        check(Some(r#"{"status":0,"sub":{"a":0,"b":[3,null]}}"#), None, (1, 2, "ok"));
    }

    #[test]
    fn directories_are_told_apart_as_far_as_a_reader_wants() {
        assert_eq!(heading("dom/nodes"), "dom");
        assert_eq!(heading("html/semantics/forms"), "html/semantics");
        assert_eq!(heading("css/cssom"), "css/cssom");
        assert_eq!(heading("url"), "url");
    }
}
