#!/usr/bin/env python3
"""A table of rows in plain script, React and Preact: Virga beside Chromium.

    cargo build --profile dist -p virga
    benches/table.py                    # all, beside Chromium with and without its compiler
    benches/table.py --runs 5 --only react
    benches/table.py --pages FOLDER     # pages built earlier: see benches/README.md

The operations are those of js-framework-benchmark. Each is timed by the page from
the change of the state to the end of layout (benches/table/measure.js). Runs are
interleaved, and the median counts. A browser that does not finish a page within
--limit seconds, or ends, is said to have, and what it did until then is shown; it
does not get that page again. Exit code 1: Virga did not finish a page. Needs
Python 3.9, Node.js and npm.
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
import sys
import tempfile
import threading
import time
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


def measure(browser, url, results, limit, unfinished):
    """Milliseconds of each operation; what came in time, if the page does not finish."""
    found = {}
    if browser.name in unfinished:
        return found
    deadline = time.monotonic() + limit
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "stderr", "wb+") as errors:
        with process(browser.show(url, Path(folder) / "profile"), stderr=errors) as child:
            while True:
                ended = child.poll() is not None
                try:
                    text = results.get(timeout=0.2)
                except queue.Empty:
                    text = None
                if text is not None and (timed := re.fullmatch(r"(.+): ([0-9.]+) ms", text)):
                    found[timed[1]] = float(timed[2])
                elif text == "end":
                    return found
                elif text is not None:
                    unfinished[browser.name] = text
                elif ended:
                    errors.seek(0)
                    last = errors.read().decode(errors="replace").strip().rsplit("\n", 1)[-1]
                    unfinished[browser.name] = f"ended with {child.returncode}: {last}"
                elif time.monotonic() > deadline:
                    unfinished[browser.name] = f"not finished after {limit:.0f} s"
                if browser.name in unfinished:
                    break
    # Nothing of this page may count for the next.
    with contextlib.suppress(queue.Empty):
        while True:
            results.get(timeout=0.2)
    return found


def table(page, found, browsers, runs):
    """Medians side by side, and how Virga's compare with the others'."""
    others = [browser.name for browser in browsers if browser.name != "Virga"]
    print(f"{page:<24}" + "".join(f"{browser.name:>12}" for browser in browsers), end="")
    print("".join(f"{'Virga/' + name:>17}" for name in others), end="")
    print(f"   (ms, medians of {runs} runs)" if runs > 1 else "   (ms, one run)")
    names = dict.fromkeys(name for every in found.values() for run in every for name in run)
    for name in names:
        medians = {}
        for browser in browsers:
            if times := [run[name] for run in found[browser.name] if name in run]:
                medians[browser.name] = statistics.median(times)
        line = f"  {name:<22}"
        for browser in browsers:
            value = medians.get(browser.name)
            line += f"{'-':>12}" if value is None else f"{value:>12.2f}"
        for other in others:
            both = "Virga" in medians and medians.get(other)
            line += f"{medians['Virga'] / medians[other]:>17.2f}" if both else f"{'-':>17}"
        print(line)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--virga", default=str(ROOT / "target/dist/virga"))
    options.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"))
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--limit", type=float, default=120, help="seconds for one page in one browser")
    options.add_argument("--only", choices=PAGES)
    options.add_argument("--alone", action="store_true", help="Virga only")
    options.add_argument("--pages", type=Path, help="pages built by benches/table/build.mjs")
    options = options.parse_args()
    if not Path(options.virga).exists():
        raise SystemExit(
            f"{options.virga} is not there: build it with `cargo build --profile dist -p virga`,"
            " or name another with --virga"
        )
    # An interpreter may take longer than an app is given otherwise.
    browsers = [Virga(options.virga, ["--patience", "60"])]
    if not options.alone:
        if not options.chromium:
            raise SystemExit("Chromium was not found: name it with --chromium, or use --alone")
        browsers += [Chromium(options.chromium), Jitless(options.chromium)]
    good = True
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        pages = options.pages or build(Path(folder))
        base, results = stack.enter_context(server(pages))
        for page in PAGES:
            if options.only not in (None, page):
                continue
            unfinished = {}
            one = functools.partial(
                measure,
                url=f"{base}/{page}.html",
                results=results,
                limit=options.limit,
                unfinished=unfinished,
            )
            found = interleave(options.runs, browsers, one)
            table(page, found, browsers, options.runs)
            for name, reason in unfinished.items():
                print(f"  {name} did not finish: {reason}")
            print(flush=True)
            good &= "Virga" not in unfinished
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
