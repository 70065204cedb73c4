#!/usr/bin/env python3
"""Measures lessonguardd beside other servers and prints one table.

    bench.py        after `make bench` has built bin/lessonguardd

ROUNDS (3) and SECS (2) say how often and how long each load runs, RATE (5000)
the questions a second at which latency is measured. All data is made in $BENCH,
which is kept, or else in a folder that is removed at the end. Linux only.

All servers run at once and are loaded in turn, round by round, so that they
share the machine's weather. What a query costs is read from the kernel's
accounting of the server's process; on a busy machine trust that, and ratios."""

import hashlib
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
# The rest after the line that keeps the folder clean.
import servers  # noqa: E402
from loads import ROUNDS, SECS, correct, measure, say  # noqa: E402
from table import table  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
DAEMON = os.environ.get("DAEMON", f"{ROOT}/bin/lessonguardd")


def prepare(bench):
    """Builds the tools and makes the names."""
    for d in ("bin", "data", "work"):
        os.makedirs(f"{bench}/{d}", exist_ok=True)
    subprocess.run(["cc", "-O2", "-pthread", "-o", f"{bench}/bin/upstream", f"{HERE}/upstream.c"], check=True)
    subprocess.run(["go", "build", "-o", f"{bench}/bin/", "./tools/bench/lists", "./tools/bench/limits"], cwd=ROOT, check=True)
    if not os.path.exists(f"{bench}/data/uncached.txt"):
        say("making the names")
        subprocess.run([f"{bench}/bin/lists", f"{bench}/data"], check=True)


def compile_lists(bench, size):
    """Compiles a list as the service does, twice; returns the state directory, the
    shorter time in seconds, and the peak in MiB."""
    state, lists = f"{bench}/work/state_{size}", f"{bench}/work/lists_{size}"
    shutil.rmtree(state, ignore_errors=True)
    os.makedirs(state, mode=0o700)
    os.makedirs(f"{lists}/pornography", exist_ok=True)
    shutil.copyfile(f"{bench}/data/list_{size}.txt", f"{lists}/pornography/list.txt")
    times, peak = [], 0
    for _ in range(2):
        began = time.monotonic()
        p = subprocess.Popen([DAEMON, "lists", "compile", "--again", "--state", state, "--lists", lists], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(p.pid, 0)
        if status:
            raise SystemExit("lists compile failed")
        times.append(time.monotonic() - began)
        peak = max(peak, used.ru_maxrss / 1024)
    return state, lists, min(times), peak


def ours(upstream, state, lists):
    """Where a server of ours is, and its command. The index is there, so that start measures start."""
    port = servers.free_port()
    return port, [DAEMON, "run", "--state", state, "--lists", lists, "--control", f"{state}/c.sock",
                  "--listen", f"127.0.0.1:{port}", "--upstream", f"127.0.0.1:{upstream}", "--hook", "none"]


def lookups():
    """Nanoseconds of a lookup that misses, at a million names, and its allocations."""
    text = subprocess.run(["go", "test", "-run", "^$", "-bench", "LookupMiss/1000000$", "-benchmem", "-benchtime", "0.3s", "-count", "3", "./filter/index"],
                          cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
    runs = re.findall(r"([\d.]+) ns/op.*?(\d+) allocs/op", text)
    return min(float(ns) for ns, _ in runs), max(int(n) for _, n in runs)


def main():
    if sys.platform != "linux":
        raise SystemExit("skipped: bench reads /proc, and runs on Linux only")
    if not shutil.which("dnsperf"):
        raise SystemExit("skipped: bench needs dnsperf: apt-get install dnsperf")
    kept = os.environ.get("BENCH")
    bench = os.path.abspath(kept) if kept else tempfile.mkdtemp(prefix="lessonguard-bench-")
    started = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # as ^C does, so that nothing is left running
    try:
        measure_all(bench, started)
    finally:
        for s in started:
            s.stop()
        if not kept:
            shutil.rmtree(bench)


def measure_all(bench, started):
    prepare(bench)
    names, work = f"{bench}/data/list_1m.txt", f"{bench}/work"
    last = {}
    for size in ("10k", "1m", "5m"):
        with open(f"{bench}/data/list_{size}.txt", "rb") as f:
            f.seek(-200, os.SEEK_END)
            last[size] = f.read().split()[-1].decode()

    def start(name, port, command, waits_for):
        s = servers.Server(name, port, [str(c) for c in command], f"{work}/{name}.log", waits_for)
        started.append(s)
        return s

    up = servers.free_port()
    start("upstream", up, [f"{bench}/bin/upstream", up], None)
    running, compiled = {}, None
    for size in ("10k", "1m", "5m"):
        say(f"compiling {size}")
        state, lists, seconds, peak = compile_lists(bench, size)
        name = {"1m": "ours"}.get(size, size)
        if size == "1m":
            compiled, starts = (seconds, peak), []
            for _ in range(ROUNDS):
                s = start(name, *ours(up, state, lists), last[size])
                starts.append(s.started_ms)
                s.stop()
            running["audiences"] = start("audiences", *ours(up, with_audiences(bench, state), lists), last[size])
            hashed = with_hashed(bench)
            if hashed:
                s = start("hashed", *ours(up, *hashed), last[size])
                if servers.ask(s.port, "r1.example") == "blocked":  # which only a digest says
                    running["hashed"] = s
                else:
                    say("skipped: the hashed restricted list: lessonguardd does not enforce it")
        running[name] = start(name, *ours(up, state, lists), last[size])
    for name, make in (("unbound", servers.unbound), ("dnsmasq", servers.dnsmasq)):
        it = make(names, work, up)
        if it is None:
            say(f"skipped: {name} is not installed")
            continue
        say(f"starting {name}")
        running[name] = start(name, *it, last["1m"])
    for mode in ("batch", "dnsN", "fastbatchN"):
        port = servers.free_port()
        running[mode] = start(mode, port, [f"{bench}/bin/limits", mode, port] + ([names] if mode == "fastbatchN" else []), last["1m"])
    right = {n: correct(running[n], bench, "1m") for n in ("ours", "hashed", "audiences", "unbound", "dnsmasq") if n in running}
    figures = measure(bench, running)
    say("timing lookups")
    table(figures, running, statistics.median(starts), compiled, lookups(), right)
    print(f"\n{ROUNDS} rounds of {SECS} s, medians; {os.cpu_count()} processors, load {os.getloadavg()[1]:.1f} over the last five minutes.")
    if right["ours"] != [100, 100, 100]:
        raise SystemExit("lessonguardd did not answer every name as it should")


def with_audiences(bench, state):
    """The same for a household with a guardian whose account has a level of its own,
    so that who asks is looked for whenever a name is closed."""
    mapped = f"{bench}/work/state_audiences"
    shutil.rmtree(mapped, ignore_errors=True)
    shutil.copytree(state, mapped, ignore=shutil.ignore_patterns("*.sock", "activity*"))
    for name, what in (("household", {"guardians": ["guardian"]}),
                       ("policy", {"guardians": {"closed": ["malware"], "closedInLessons": [], "youtube": "open", "style": "no-distractions"}})):
        with open(f"{mapped}/{name}.json", "w") as out:
            json.dump(what, out)
    return mapped


def with_hashed(bench):
    """The million names with a restricted list of digests beside them."""
    state, lists = f"{bench}/work/state_hashed", f"{bench}/work/lists_hashed"
    shutil.rmtree(lists, ignore_errors=True)
    os.makedirs(f"{lists}/restricted", exist_ok=True)
    os.makedirs(f"{lists}/pornography", exist_ok=True)
    shutil.copyfile(f"{bench}/data/list_1m.txt", f"{lists}/pornography/list.txt")
    with open(f"{lists}/restricted/list.sha256.txt", "w") as out:
        out.writelines(hashlib.sha256(b"r%d.example" % i).hexdigest() + "\n" for i in range(10_000))
    shutil.rmtree(state, ignore_errors=True)
    os.makedirs(state, mode=0o700)
    done = subprocess.run([DAEMON, "lists", "compile", "--state", state, "--lists", lists], capture_output=True, text=True)
    if done.returncode:
        say("skipped: the hashed restricted list: " + done.stderr.strip())
        return None
    return state, lists


if __name__ == "__main__":
    main()
