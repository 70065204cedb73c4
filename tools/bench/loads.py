"""The loads, and what they come to."""

import os
import random
import re
import statistics
import subprocess
import sys

import servers

ROUNDS, SECS, RATE = (int(os.environ.get(k, d)) for k, d in (("ROUNDS", 3), ("SECS", 2), ("RATE", 5000)))


def say(text):
    print(f"-- {text}", file=sys.stderr, flush=True)


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
        for n in ("ours", "hashed", "audiences", "unbound", "dnsmasq", "batch", "fastbatchN", "dnsN"):
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
