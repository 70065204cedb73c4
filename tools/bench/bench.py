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
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import servers  # noqa: E402  after the line that keeps the folder clean

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ROUNDS, SECS, RATE = (int(os.environ.get(k, d)) for k, d in (("ROUNDS", 3), ("SECS", 2), ("RATE", 5000)))
DAEMON = os.environ.get("DAEMON", f"{ROOT}/bin/lessonguardd")


def say(text):
    print(f"-- {text}", file=sys.stderr, flush=True)


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


def load(server, data, rate=None):
    """One run of dnsperf: queries a second, CPU seconds per 100,000, lost; with a
    rate also the latencies at which half and 99 in 100 were answered, in µs."""
    command = ["dnsperf", "-s", "127.0.0.1", "-p", str(server.port), "-d", data, "-l", str(SECS), "-c", "20", "-t", "1"]
    command += ["-Q", str(rate), "-v"] if rate else ["-T", "2", "-q", "100"]
    before = server.cpu()
    text = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace").stdout
    used = server.cpu() - before
    done = int(re.search(r"Queries completed:\s+(\d+)", text)[1])
    if not done:
        raise SystemExit(f"{server.name} answered nothing")
    run = {"qps": float(re.search(r"Queries per second:\s+([\d.]+)", text)[1]), "cpu": used / done * 1e5,
           "lost": int(re.search(r"Queries lost:\s+(\d+)", text)[1])}
    if rate:
        waits = sorted(float(l.split()[-1]) for l in text.splitlines() if l.startswith("> ") and re.search(r" [\d.]+$", l))
        run["p50"], run["p99"] = (1e6 * waits[int(len(waits) * f)] for f in (0.5, 0.99))
    return run


def correct(server, bench, size):
    """How many in 100 of listed names, names below them and open names are
    answered rightly."""
    draw = random.Random(1)
    with open(f"{bench}/data/list_{size}.txt") as f:
        listed = draw.sample(f.read().split(), 200)
    with open(f"{bench}/data/warm.txt") as f:
        free = f.read().split()[::2][:200]
    return [100 * sum(servers.ask(server.port, n) == want for n in names) / len(names)
            for names, want in ((listed, "blocked"), (["zz." + n for n in listed], "blocked"), (free, "open"))]


def lookups():
    """Nanoseconds of a lookup that misses, at a million names, and its allocations."""
    text = subprocess.run(["go", "test", "-run", "^$", "-bench", "LookupMiss/1000000$", "-benchmem", "-benchtime", "0.3s", "-count", "3", "./filter/index"],
                          cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
    runs = re.findall(r"([\d.]+) ns/op.*?(\d+) allocs/op", text)
    return min(float(ns) for ns, _ in runs), max(int(n) for _, n in runs)


class Figures:
    """What was measured, by load, server and figure."""

    def __init__(self):
        self.runs = {}

    def add(self, work, name, run):
        self.runs.setdefault((work, name), []).append(run)

    def get(self, work, name, figure):
        """The median over the rounds; None where there are none."""
        runs = self.runs.get((work, name))
        return statistics.median(r[figure] for r in runs) if runs else None

    def ratio(self, work, name, other, figure):
        """The median of the rounds' own ratios."""
        ours, theirs = self.runs.get((work, name)), self.runs.get((work, other))
        if not ours or not theirs:
            return None
        return statistics.median(a[figure] / max(b[figure], 1e-9) for a, b in zip(ours, theirs))


def measure(bench, running):
    """Loads the servers in turn."""
    figures, data = Figures(), f"{bench}/data"
    for s in running.values():
        if s.name in ("ours", "unbound", "dnsmasq"):
            subprocess.run(["dnsperf", "-s", "127.0.0.1", "-p", str(s.port), "-d", f"{data}/warm.txt", "-n", "3", "-Q", "2000"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    resolvers = [n for n in ("ours", "unbound", "dnsmasq") if n in running]
    for r in range(ROUNDS):
        say(f"round {r + 1} of {ROUNDS}, load {os.getloadavg()[0]:.1f}")
        with open(f"{data}/uncached.txt") as f, open(f"{bench}/work/fresh.txt", "w") as out:
            out.writelines(f"r{r}{l}" for l in f)
        for n in ("ours", "hashed", "unbound", "dnsmasq", "batch", "fastbatchN", "dnsN"):
            if n in running:
                figures.add("blocked", n, load(running[n], f"{data}/blocked_1m.txt"))
        for n, size in (("10k", "10k"), ("5m", "5m")):
            figures.add("grown", n, load(running[n], f"{data}/blocked_{size}.txt"))
        for n in resolvers:
            figures.add("cached", n, load(running[n], f"{data}/cached.txt"))
            figures.add("uncached", n, load(running[n], f"{bench}/work/fresh.txt"))
        for n in ("ours", "fastbatchN", "unbound"):
            if n in running:
                figures.add("paced", n, load(running[n], f"{data}/blocked_1m.txt", RATE))
    return figures


def row(what, figures, ratio, reach, aim, holds):
    """A line of the table; holds says whether reach and aim are met, None where a
    peer is missing; a line without a target has none."""
    verdict = "skipped: a peer is not installed" if reach else ""
    if holds is not None:
        verdict = "aim" if holds[1] else "reach" if holds[0] else "**no**"
    print(f"| {what} | {figures} | {ratio} | {reach} | {aim} | {verdict} |")


def shown(pairs, form):
    return ", ".join(f"{n} {format(v, form)}" for n, v in pairs if v is not None)


def table(f, running, start, compiled, looked, right):
    """Prints the table, in the order of the targets."""
    def each(work, figure, form, *names):
        return shown([(n, f.get(work, n, figure)) for n in names], form)

    def times(x, form=".2f"):
        return "–" if x is None else format(x, form)

    def below(pairs):
        """Whether all ratios stay at or below their reach and their aim."""
        return None if any(x is None for x, _, _ in pairs) else (all(x <= r for x, r, _ in pairs), all(x <= a for x, _, a in pairs))

    far = float("inf")
    print("| what | measured | ratio | reach | aim | met |\n|---|---|---|---|---|---|")
    un, ba = f.ratio("blocked", "ours", "unbound", "cpu"), f.ratio("blocked", "ours", "batch", "cpu")
    row("blocked, CPU s per 100,000", each("blocked", "cpu", ".2f", "ours", "unbound", "dnsmasq", "batch", "fastbatchN", "dnsN"),
        f"{times(un)} × unbound, {times(ba)} × batch", "≤ 0.9 × unbound, ≤ 1.25 × batch", "≤ 1.1 × batch", below([(un, 0.9, 0.9), (ba, 1.25, 1.1)]))
    un, fb = f.ratio("blocked", "ours", "unbound", "qps"), f.ratio("blocked", "ours", "fastbatchN", "qps")
    row("blocked, queries a second", each("blocked", "qps", ".0f", "ours", "unbound", "dnsmasq", "batch", "fastbatchN", "dnsN"),
        f"{times(un)} × unbound, {times(fb)} × fastbatchN", "≥ 1.25 × unbound, ≥ 0.85 × fastbatchN", "≥ 0.95 × fastbatchN",
        None if un is None else (un >= 1.25 and fb >= 0.85, un >= 1.25 and fb >= 0.95))
    for work, reach, aim in (("cached", 1.05, 0.95), ("uncached", 1.0, 0.6)):
        un = f.ratio(work, "ours", "unbound", "cpu")
        row(f"{work}, CPU s per 100,000", each(work, "cpu", ".2f", "ours", "unbound", "dnsmasq"), f"{times(un)} × unbound",
            f"≤ {reach} × unbound", f"≤ {aim} × unbound", below([(un, reach, aim)]))
    half, cpu = f.ratio("paced", "ours", "fastbatchN", "p50"), f.get("paced", "ours", "cpu")
    row(f"{RATE} a second, p50 µs", each("paced", "p50", ".0f", "ours", "unbound", "fastbatchN") + "; p99 " + each("paced", "p99", ".0f", "ours", "unbound", "fastbatchN")
        + "; CPU s per 100,000 " + each("paced", "cpu", ".1f", "ours", "unbound", "fastbatchN"),
        f"{times(half)} × fastbatchN", "≤ 1.2 × fastbatchN", "≤ 1.0 × fastbatchN, CPU ≤ 3 s", below([(half, 1.2, 1.0), (cpu, far, 3)]))
    memory = {n: running[n].memory() for n in running}
    rss, anon = memory["ours"]
    row("memory after that load, MiB VmRSS", shown([(n, memory.get(n, [None])[0]) for n in ("ours", "unbound", "dnsmasq")], ".1f") + f"; ours RssAnon {anon:.1f}",
        "", "≤ 40", "≤ 24, RssAnon ≤ 10", below([(rss, 40, 24), (anon, far, 10)]))
    row("start to first blocked answer, ms", shown([("ours", start), *((n, running[n].started_ms) for n in ("unbound", "dnsmasq") if n in running)], ".0f"),
        "", "≤ 60", "≤ 20", below([(start, 60, 20)]))
    seconds, peak = compiled
    row("`lists compile`, a million names", f"{seconds:.2f} s, peak {peak:.0f} MiB", "", "≤ 2 s, ≤ 120 MiB", "≤ 0.7 s", below([(seconds, 2, 0.7), (peak, 120, 120)]))
    ns, allocations = looked
    row("lookup, four labels, miss", f"{ns:.0f} ns, {allocations} allocations", "", "≤ 250 ns, 0", "≤ 100 ns", below([(ns, 250, 100), (allocations, 0, 0)]))
    growth = statistics.median(b["cpu"] / a["cpu"] for a, b in zip(f.runs["grown", "10k"], f.runs["grown", "5m"]))
    bytes_each = (memory["5m"][0] - memory["10k"][0]) * (1 << 20) / 4_990_000
    row("growth from 10 k to 5 M names", f"CPU {f.get('grown', '10k', 'cpu'):.2f} → {f.get('grown', '5m', 'cpu'):.2f}, {bytes_each:.1f} bytes a name",
        f"{growth:.2f} ×", "≤ 1.25 ×, ≤ 17 bytes", "≤ 1.1 ×, ≤ 10 bytes", below([(growth, 1.25, 1.1), (bytes_each, 17, 10)]))
    if "hashed" in running:
        row("blocked, with a hashed restricted list of 10 k names", each("blocked", "cpu", ".2f", "hashed"),
            f"{f.ratio('blocked', 'hashed', 'ours', 'cpu'):.2f} × without", "", "", None)
    print()
    for n, (exact, under, free) in right.items():
        print(f"{n}: {exact:.0f} % of listed names and {under:.0f} % of names below them closed, {free:.0f} % of others open; "
              f"{sum(r['lost'] for (_, m), runs in f.runs.items() if m == n for r in runs)} questions lost.  ")


def main():
    if sys.platform != "linux":
        raise SystemExit("skipped: bench reads /proc, and runs on Linux only")
    if not shutil.which("dnsperf"):
        raise SystemExit("skipped: bench needs dnsperf: apt-get install dnsperf")
    kept = os.environ.get("BENCH")
    bench = os.path.abspath(kept) if kept else tempfile.mkdtemp(prefix="lessonguard-bench-")
    started = []
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
            hashed = with_hashed(bench)
            if hashed:
                running["hashed"] = start("hashed", *ours(up, *hashed), "r1.example")  # by its digest alone
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
    right = {n: correct(running[n], bench, "1m") for n in ("ours", "hashed", "unbound", "dnsmasq") if n in running}
    figures = measure(bench, running)
    say("timing lookups")
    table(figures, running, statistics.median(starts), compiled, lookups(), right)
    print(f"\n{ROUNDS} rounds of {SECS} s, medians; {os.cpu_count()} processors, load {os.getloadavg()[1]:.1f} over the last five minutes.")
    if right["ours"] != [100, 100, 100]:
        raise SystemExit("lessonguardd did not answer every name as it should")


def with_hashed(bench):
    """The million names with a restricted list of digests beside them."""
    state, lists = f"{bench}/work/state_hashed", f"{bench}/work/lists_hashed"
    os.makedirs(f"{lists}/restricted", exist_ok=True)
    os.makedirs(f"{lists}/pornography", exist_ok=True)
    shutil.copyfile(f"{bench}/data/list_1m.txt", f"{lists}/pornography/list.txt")
    with open(f"{lists}/restricted/sha256.txt", "w") as out:
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
