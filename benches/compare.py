#!/usr/bin/env python3
"""Virga and Chromium side by side, on this machine, in one run.

    cargo build --profile dist -p virga
    benches/compare.py                       # first pixels, memory, operations
    benches/compare.py --runs 5 --only start

What is measured, the same way for both:

  start      from spawning the process to a complete picture of the page on
             disk, for examples/hello and for a list of 10,000 rows; the page
             comes from an HTTP server inside this script
  memory     proportional set size (PSS) of all processes of the browser,
             summed, while the page is shown
  operations what script measures on benches/pages/operations.html: changes to
             a list of 10,000 rows, each followed by getBoundingClientRect()

Runs are interleaved, and the median counts. Exit code 1: a threshold of the
first two was missed. Needs Python 3.9 and nothing else.
"""

import argparse
import contextlib
import functools
import http.server
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZE = (390, 844)
START_LIMIT = 1 / 6
MEMORY_LIMIT = 1 / 5
PNG_END = b"IEND\xaeB`\x82"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@contextlib.contextmanager
def server(folder):
    handler = functools.partial(Quiet, directory=str(folder))
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{httpd.server_address[1]}"
    finally:
        httpd.shutdown()


class Virga:
    name = "Virga"

    def __init__(self, binary, options=()):
        self.binary = binary
        size = f"{SIZE[0]}x{SIZE[1]}"
        self.options = ["--size", size, "--scale", "1", "--renderer", "cpu", *options]

    def version(self):
        return run([self.binary, "--version"])

    def screenshot(self, url, out, profile):
        return [self.binary, "screenshot", url, "--out", str(out), *self.options]

    def show(self, url, profile):
        return [self.binary, "run", url, "--headless", "--timeout", "600", *self.options]

    def script(self, url, profile):
        return [self.binary, "run", url, "--headless", "--timeout", "300", *self.options]


class Chromium:
    name = "Chromium"

    def __init__(self, binary):
        self.binary = binary

    def version(self):
        return run([self.binary, "--version"])

    def options(self, profile):
        return [
            self.binary,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            f"--user-data-dir={profile}",
            f"--window-size={SIZE[0]},{SIZE[1]}",
        ]

    def screenshot(self, url, out, profile):
        return [*self.options(profile), f"--screenshot={out}", url]

    def show(self, url, profile):
        return [*self.options(profile), "--remote-debugging-port=0", url]

    def script(self, url, profile):
        return [*self.options(profile), "--dump-dom", url]


def run(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@contextlib.contextmanager
def process(command, **streams):
    """A process in a session of its own, ended with all its children."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **streams},
    )
    try:
        yield child
    finally:
        # Only what was started here: the child's session.
        for kind in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, kind)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=5)
                break


def first_pixels(browser, url):
    """Milliseconds from spawning to a complete picture on disk."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "page.png"
        command = browser.screenshot(url, out, Path(folder) / "profile")
        start = time.perf_counter()
        with process(command) as child:
            while True:
                done = child.poll() is not None
                with contextlib.suppress(FileNotFoundError):
                    if out.read_bytes().endswith(PNG_END):
                        return (time.perf_counter() - start) * 1e3
                if done:
                    raise SystemExit(f"{browser.name} wrote no picture: {' '.join(command)}")
                if time.perf_counter() - start > 120:
                    raise SystemExit(f"{browser.name} took too long: {' '.join(command)}")
                time.sleep(0.0005)


def family(root):
    """The process `root` and all that come from it."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                stat = Path(f"/proc/{entry}/stat").read_text()
                fields = stat[stat.rindex(")") + 2 :].split()
                # Parent and session: helpers may outlive the parent they had.
                parents[int(entry)] = (int(fields[1]), int(fields[3]))
    found = {root}
    while True:
        more = {
            pid
            for pid, (parent, session) in parents.items()
            if pid not in found and (parent in found or session == root)
        }
        if not more:
            return found
        found |= more


def pss(pid):
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def memory(browser, url, settle):
    """Megabytes of all processes, while the page is shown."""
    with tempfile.TemporaryDirectory() as folder:
        with process(browser.show(url, Path(folder) / "profile")) as child:
            time.sleep(settle)
            if child.poll() is not None:
                raise SystemExit(f"{browser.name} ended with {child.returncode} while it was measured")
            return sum(pss(pid) for pid in family(child.pid))


def operations(browser, url):
    """What the page says: a name and milliseconds a line."""
    with tempfile.TemporaryDirectory() as folder:
        command = browser.script(url, Path(folder) / "profile")
        with process(command, stdout=subprocess.PIPE) as child:
            try:
                text, _ = child.communicate(timeout=300)
            except subprocess.TimeoutExpired:
                return {}
    pairs = re.findall(r"^(?:.*>)?([a-z0-9 ,]+): ([0-9.]+) ms", text.decode(errors="replace"), re.M)
    return {name: float(value) for name, value in pairs}


def interleave(runs, browsers, measure):
    results = {browser.name: [] for browser in browsers}
    for index in range(runs):
        # Who goes first changes, so that neither always finds a warm cache.
        order = browsers if index % 2 == 0 else browsers[::-1]
        for browser in order:
            results[browser.name].append(measure(browser))
        if sys.stderr.isatty():
            print(f"\r  {index + 1}/{runs}\r", end="", file=sys.stderr, flush=True)
    return results


def line(name, results, unit, limit=None):
    virga, chromium = (statistics.median(results[key]) for key in ("Virga", "Chromium"))
    ratio = virga / chromium
    verdict = ""
    if limit is not None:
        verdict = f"  {'pass' if ratio <= limit else 'FAIL'} (at most 1/{round(1 / limit)})"
    digits = 1 if chromium >= 1 else 3
    spread = f"{min(results['Virga']):.{digits}f}–{max(results['Virga']):.{digits}f}"
    print(
        f"{name:<34} {virga:>9.{digits}f} {unit} {chromium:>9.{digits}f} {unit}   1/{1 / ratio:<5.1f}"
        f" {spread:>14}{verdict}"
    )
    return limit is None or ratio <= limit


def list_page(folder, rows=10_000):
    lines = "".join(
        f'<li><b>Row {index}</b> <span>with some text in it</span></li>\n' for index in range(rows)
    )
    style = (
        "body{margin:0;font:14px sans-serif}ul{margin:0;padding:0;list-style:none}"
        "li{padding:8px 12px;border-bottom:1px solid #ddd}b{color:#246}"
    )
    page = f"<!DOCTYPE html><meta charset=utf-8><title>List</title><style>{style}</style><ul>\n{lines}</ul>"
    (folder / "list.html").write_text(page)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--virga", default=str(ROOT / "target/dist/virga"))
    options.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"))
    options.add_argument("--runs", type=int, default=20)
    options.add_argument("--settle", type=float, default=3.0, help="seconds before memory is read")
    options.add_argument("--only", choices=["start", "memory", "operations"])
    options = options.parse_args()
    if not Path(options.virga).exists():
        raise SystemExit(
            f"{options.virga} is not there: build it with `cargo build --profile dist -p virga`,"
            " or name another with --virga"
        )
    if not options.chromium:
        raise SystemExit("Chromium was not found: name it with --chromium")
    browsers = [Virga(options.virga), Chromium(options.chromium)]
    for browser in browsers:
        print(browser.version())
    print(f"{options.runs} interleaved runs, medians, {os.cpu_count()} cores\n")
    print(f"{'':<34} {'Virga':>12} {'Chromium':>12}   {'ratio':<7} {'Virga, range':>14}")
    wants = lambda part: options.only in (None, part)
    good = True
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        pages = Path(folder)
        list_page(pages)
        hello = stack.enter_context(server(ROOT / "examples/hello")) + "/index.html"
        made = stack.enter_context(server(pages))
        own = stack.enter_context(server(ROOT / "benches/pages"))
        if wants("start"):
            measure = functools.partial(first_pixels, url=hello)
            results = interleave(options.runs, browsers, measure)
            good &= line("hello: spawn to first pixels", results, "ms", START_LIMIT)
            measure = functools.partial(first_pixels, url=f"{made}/list.html")
            results = interleave(max(options.runs // 2, 1), browsers, measure)
            line("10,000 rows: spawn to first pixels", results, "ms")
        if wants("memory"):
            measure = functools.partial(memory, url=hello, settle=options.settle)
            results = interleave(max(options.runs // 4, 3), browsers, measure)
            good &= line("hello: memory (PSS)", results, "MB", MEMORY_LIMIT)
        if wants("operations"):
            measure = functools.partial(operations, url=f"{own}/operations.html")
            results = interleave(max(options.runs // 4, 3), browsers, measure)
            names = [name for name in results["Chromium"][0] if name in results["Virga"][0]]
            for name in names:
                line(name, {key: [run[name] for run in runs] for key, runs in results.items()}, "ms")
            missing = [name for name in results["Chromium"][0] if name not in names]
            for name in missing or ([] if names else ["operations"]):
                print(f"{name}: no figure from {'Virga' if missing else 'either'}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
