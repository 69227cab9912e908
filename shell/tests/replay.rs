//! A recorded run, replayed elsewhere.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{fs, path::Path};

use support::{Finished, Server, check, finish, hello, virga};

/// A run of `examples/hello` that follows a route; then the same from its log,
/// without the server, far away.
struct Runs {
    folder: tempfile::TempDir,
    recorded: Finished,
}

impl Runs {
    fn record(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::of_folder(hello());
        let url = server.url("/");
        let log = folder.path().join("run.log");
        let picture = folder.path().join("recorded.png");
        let recorded = finish(
            virga()
                .args(["screenshot", &url, "--out"])
                .arg(&picture)
                .args(["--dump", "display-list", "--grant", "geolocation", "--record"])
                .arg(&log)
                .arg("--gps")
                .arg(hello().join("route.gpx"))
                .args(options)
                .env("TZ", "America/New_York"),
        );
        check(&recorded, 0, "glyphs");
        Self { folder, recorded }
    }

    fn log(&self) -> std::path::PathBuf {
        self.folder.path().join("run.log")
    }

    fn replay(&self, log: &Path) -> Finished {
        finish(
            virga()
                .arg("screenshot")
                .arg("--replay")
                .arg(log)
                .args(["--dump", "display-list", "--out"])
                .arg(self.folder.path().join("replayed.png"))
                .env("TZ", "Asia/Kolkata")
                .env("LANG", "de_DE.UTF-8"),
        )
    }
}

#[test]
fn a_replay_is_the_same_run() {
    for options in [&["--until", "idle"][..], &["--until", "idle", "--time", "virtual"], &[]] {
        let runs = Runs::record(options);
        let replayed = runs.replay(&runs.log());
        check(&replayed, 0, "glyphs");
        assert_eq!(replayed.stdout, runs.recorded.stdout, "{options:?}");
        assert_eq!(replayed.stderr, runs.recorded.stderr, "{options:?}");
        assert!(replayed.stdout.contains("hello is ready"));
        let picture = |name: &str| fs::read(runs.folder.path().join(name)).unwrap();
        assert!(picture("replayed.png") == picture("recorded.png"), "{options:?}: other pixels");
    }
}

#[test]
fn a_log_that_was_changed_is_noticed() {
    let runs = Runs::record(&[]);
    let text = fs::read_to_string(runs.log()).unwrap();
    assert!(text.contains("hello is ready"));
    let changed = runs.folder.path().join("changed.log");
    fs::write(&changed, text.replace("hello is ready", "hello is late")).unwrap();
    let line = text.lines().position(|line| line.contains("hello is ready")).unwrap();
    let expected = format!("entry {line} (line {})", line + 1);
    check(&runs.replay(&changed), 1, &expected);
}

#[test]
fn a_log_that_was_cut_off_is_explained() {
    let runs = Runs::record(&[]);
    let text = fs::read(runs.log()).unwrap();
    let cut = runs.folder.path().join("cut.log");
    fs::write(&cut, &text[..text.len() - 20]).unwrap();
    let lines = text.iter().filter(|&&byte| byte == b'\n').count();
    check(&runs.replay(&cut), 1, &format!("line {lines}: the file ends in the middle"));
    fs::write(&cut, b"").unwrap();
    check(&runs.replay(&cut), 1, "is empty");
    fs::remove_file(&cut).unwrap();
    check(&runs.replay(&cut), 1, "cannot read the log");
}

#[test]
fn a_run_that_crashed_or_hung_leaves_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("hung.log");
    let page = "data:text/html,<script>console.log('before');while(true){}</script>";
    let recorded = finish(virga().args(["run", "--headless", page, "--record"]).arg(&log));
    check(&recorded, 5, "a script ran too long");
    assert!(fs::read_to_string(&log).unwrap().contains("before"));
    // The watchdog's answers are in the log: it stops at the same instruction.
    let replayed = finish(virga().args(["run", "--headless", "--replay"]).arg(&log));
    check(&replayed, 5, "a script ran too long");
    assert_eq!(replayed.stdout, recorded.stdout);
}
