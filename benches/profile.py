#!/usr/bin/env python3
"""Where the time goes: script engine, glue, DOM, style, layout, paint.

    CARGO_PROFILE_RELEASE_DEBUG=line-tables-only cargo build --release -p virga
    benches/profile.py react "create 1000"       # an operation of benches/table.py
    benches/profile.py --url https://… --seconds 20
    benches/profile.py preact "select" --apis --top 5

Samples the app's thread with `perf` (Linux) and sorts each sample by the innermost
function that is Virga's or of a library with one purpose: a hash table or memcpy
counts for whoever called it. A function counts for the crate the compiler left it in,
so what was inlined belongs to its caller; shares of a few percent are no more exact
than that. Samples under the collector are garbage collection, whoever is traced.

Needs perf, permission to use it (kernel.perf_event_paranoid at most 2), and a binary
that is not stripped. For the pages of the table also Node.js and npm, or --pages.
"""

import argparse
import collections
import contextlib
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

import table
from compare import ROOT, Virga, process

# The first row whose path a function is in counts. What stands in no row (the standard
# library, allocators, hash tables) counts for the caller.
KINDS = [
    ("script: parse and compile", "boa_parser boa_ast boa_interner boa_engine::bytecompiler"),
    ("script engine", "boa_engine boa_gc boa_string regress"),
    ("glue", "virga_js virga_engine::generated virga_engine::wrappers"),
    ("style", "virga_dom::style style selectors cssparser servo_arc stylo_atoms stylo_dom"),
    (
        "layout",
        "virga_dom::layout virga_dom::boxes virga_dom::text virga_dom::fonts virga_dom::hit_test"
        " taffy parley parley_engine parlance fontique skrifa harfrust read_fonts icu_segmenter",
    ),
    (
        "paint",
        "virga_dom::paint virga_display_list virga_render virga_codec vello_cpu vello_common"
        " glifo kurbo peniko png",
    ),
    ("DOM and Web APIs", "virga_engine virga_dom html5ever markup5ever web_atoms"),
    ("shell and bridge", "virga virga_bridge virga_protocol tokio hyper reqwest"),
]
COLLECTION = "garbage collection"
ORDER = ["script engine", COLLECTION, "script: parse and compile", "glue", "DOM and Web APIs"]
ORDER += ["style", "layout", "paint", "shell and bridge", "elsewhere"]
PATHS = {path: kind for kind, paths in KINDS for path in paths.split()}
API = re.compile(r"virga_engine::generated::(\w+::(?:op|get|set|new|construct)\w*)")
PATH = re.compile(r"[A-Za-z_]\w*(?:::[A-Za-z_]\w*)+")


def kind_of(function, known={}):
    """The kind of a function by its demangled name; `None` if its caller decides."""
    if function not in known:
        known[function] = None
        # `<A as B>::f` is in A's crate or in B's: the first that says something. Types
        # in brackets further on are parameters.
        head = re.sub(r"^_?<+[&*]?(?:mut |const |dyn )?", "", function)
        for path in PATH.findall(head)[:2]:
            parts = path.split("::")
            prefixes = ["::".join(parts[:length]) for length in (2, 1)]
            if kind := next((PATHS[prefix] for prefix in prefixes if prefix in PATHS), None):
                known[function] = kind
                break
    return known[function]


def sort(stack):
    """The kind of a sample, its functions innermost first, and the one that decided."""
    if any(function.startswith("boa_gc::Collector::") for function in stack):
        return COLLECTION, stack[0]
    for function in stack:
        if kind := kind_of(function):
            return kind, function
    return "elsewhere", stack[0] if stack else "?"


def samples(data):
    """(thread, functions innermost first) for each sample that perf took."""
    command = ["perf", "script", "-i", str(data), "-F", "comm,ip,sym", "--no-inline"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace"
    ) as script:
        thread, stack = None, []
        for line in script.stdout:
            line = line.rstrip("\n")
            if not line:
                if thread is not None:
                    yield thread, stack
                thread, stack = None, []
            elif thread is None:
                thread = line.strip()
            else:
                name = line.split(None, 1)
                stack.append(re.sub(r"::h[0-9a-f]{16}$", "", name[1]) if len(name) > 1 else "?")
        if thread is not None:
            yield thread, stack


def record(virga, url, data, frequency, until):
    command = ["perf", "record", "-q", "-F", str(frequency), "--call-graph", "dwarf,8192"]
    command += ["-e", "cpu-clock", "-o", str(data), "--", *virga.show(url, None)]
    with process(command) as child:
        until(child)


def wait_for_page(results, limit):
    def wait(child):
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline and child.poll() is None:
            with contextlib.suppress(queue.Empty):
                text = results.get(timeout=0.2)
                if text == "end":
                    return
                print(text, file=sys.stderr)
        print("the page did not finish: the profile is of what it did", file=sys.stderr)

    return wait


def wait_for_time(seconds):
    def wait(child):
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=seconds)

    return wait


def show(data, options):
    threads = collections.Counter()
    kinds = collections.Counter()
    functions = collections.defaultdict(collections.Counter)
    apis = collections.Counter()
    for thread, stack in samples(data):
        threads[thread] += 1
        if not thread.startswith("virga-app"):
            continue
        kind, function = sort(stack)
        kinds[kind] += 1
        functions[kind][function] += 1
        # The innermost call of script into the glue.
        if api := next(filter(None, map(API.match, stack)), None):
            apis[api[1]] += 1
    total = sum(kinds.values())
    if not total:
        raise SystemExit("no sample of the app's thread: was the page loaded?")
    print(f"the app's thread: {total} samples, {total / options.frequency:.1f} s of CPU")
    for kind in ORDER:
        if not kinds[kind]:
            continue
        print(f"  {kind:<28}{kinds[kind] / total:>7.1%}")
        for function, count in functions[kind].most_common(options.top):
            print(f"      {count / total:>7.1%}  {function[:110]}")
    if options.apis:
        print("under a call of script into the glue, by the innermost one")
        for api, count in apis.most_common(25):
            print(f"  {count / total:>7.1%}  {api[:120]}")
    print("other threads, of what the app's thread took")
    for thread, count in threads.most_common():
        if not thread.startswith("virga-app") and count / total >= 0.005:
            print(f"  {thread:<28}{count / total:>7.1%}")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("page", nargs="?", choices=table.PAGES)
    options.add_argument("operation", nargs="?", help="as benches/table.py prints it; else all")
    options.add_argument("--virga", default=str(ROOT / "target/release/virga"))
    options.add_argument("--samples", type=int, default=10, help="times the operation is done")
    options.add_argument("--pages", type=Path, help="pages built by benches/table/build.mjs")
    options.add_argument("--url", help="any page instead of one of the table's")
    options.add_argument("--seconds", type=float, default=15, help="with --url: how long")
    options.add_argument("--limit", type=float, default=120, help="seconds for a page of the table")
    options.add_argument("--frequency", type=int, default=499, help="samples per second")
    options.add_argument("--top", type=int, default=0, help="functions of each kind to name")
    options.add_argument("--apis", action="store_true", help="which Web APIs the time is under")
    options.add_argument("--keep", type=Path, help="where to keep what perf wrote")
    options = options.parse_args()
    if not shutil.which("perf"):
        raise SystemExit("perf was not found")
    if not Path(options.virga).exists():
        raise SystemExit(f"{options.virga} is not there: see --help for how to build it")
    if bool(options.page) == bool(options.url):
        raise SystemExit("name a page of the table, or another one with --url")
    virga = Virga(options.virga)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        data = options.keep or Path(folder) / "perf.data"
        if options.url:
            record(virga, options.url, data, options.frequency, wait_for_time(options.seconds))
        else:
            pages = options.pages or table.build(Path(folder))
            base, results = stack.enter_context(table.server(pages))
            query = {}
            if options.operation:
                query = {"only": options.operation, "samples": options.samples}
            url = f"{base}/{options.page}.html?{urllib.parse.urlencode(query)}"
            record(virga, url, data, options.frequency, wait_for_page(results, options.limit))
        show(data, options)


if __name__ == "__main__":
    main()
