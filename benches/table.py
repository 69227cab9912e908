#!/usr/bin/env python3
"""A table of rows in plain script, React and Preact: Virga beside Chromium.

    cargo build --profile dist -p virga
    benches/table.py                    # all, beside Chromium with and without its compiler
    benches/table.py --runs 5 --only react

The operations are those of js-framework-benchmark. Each is timed by the page from
the change of the state to the end of layout (benches/table/measure.js). Runs are
interleaved, and the median counts. Needs Python 3.9, Node.js and npm.
"""

import argparse
import contextlib
import functools
import http.server
import queue
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
from pathlib import Path

import compare
from compare import ROOT, Chromium, Virga, interleave, process

PAGES = ["plain", "react", "preact"]


class Jitless(Chromium):
    name = "jitless"

    def options(self, profile):
        return [*super().options(profile), "--js-flags=--jitless"]


def build(folder):
    """The pages, built with what npm has."""
    work = folder / "source"
    shutil.copytree(ROOT / "benches/table", work, ignore=shutil.ignore_patterns("node_modules"))
    run = functools.partial(subprocess.run, cwd=work, check=True, stdout=subprocess.DEVNULL)
    run(["npm", "ci", "--no-audit", "--no-fund"])
    run(["node", "build.mjs", str(folder / "pages")])
    return folder / "pages"


@contextlib.contextmanager
def server(folder):
    """Serves the pages, and takes their results."""
    results = queue.Queue()

    class Handler(compare.Quiet):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            results.put(body.decode())
            self.send_response(204)
            self.end_headers()

    httpd = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))
    )
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{httpd.server_address[1]}", results
    finally:
        httpd.shutdown()


def measure(browser, url, results):
    with tempfile.TemporaryDirectory() as profile:
        with process(browser.show(url, Path(profile) / "profile")):
            try:
                text = results.get(timeout=300)
            except queue.Empty:
                raise SystemExit(f"{browser.name} did not finish {url}") from None
    if text.startswith("failed"):
        raise SystemExit(f"{browser.name}: {url}: {text}")
    return {name: float(value) for name, value in re.findall(r"^(.+): ([0-9.]+) ms$", text, re.M)}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--virga", default=str(ROOT / "target/dist/virga"))
    options.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"))
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--only", choices=PAGES)
    options.add_argument("--alone", action="store_true", help="Virga only")
    options = options.parse_args()
    browsers = [Virga(options.virga)]
    if not options.alone:
        if not options.chromium:
            raise SystemExit("Chromium was not found: name it with --chromium, or use --alone")
        browsers += [Chromium(options.chromium), Jitless(options.chromium)]
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        base, results = stack.enter_context(server(build(Path(folder))))
        for page in PAGES:
            if options.only not in (None, page):
                continue
            one = functools.partial(measure, url=f"{base}/{page}.html", results=results)
            found = interleave(options.runs, browsers, one)
            names = "".join(f"{browser.name:>12}" for browser in browsers)
            print(f"{page:<24}{names}   (ms, medians of {options.runs} runs)")
            for name in found["Virga"][0]:
                medians = [statistics.median(run[name] for run in found[b.name]) for b in browsers]
                print(f"  {name:<22}" + "".join(f"{value:>12.2f}" for value in medians))
            print()


if __name__ == "__main__":
    main()
