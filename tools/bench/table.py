"""The targets, as one table."""

from statistics import median

from loads import RATE


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
    growth = median(b["cpu"] / a["cpu"] for a, b in zip(f.runs["grown", "10k"], f.runs["grown", "5m"]))
    bytes_each = (memory["5m"][0] - memory["10k"][0]) * (1 << 20) / 4_990_000
    row("growth from 10 k to 5 M names", f"CPU {f.get('grown', '10k', 'cpu'):.2f} → {f.get('grown', '5m', 'cpu'):.2f}, {bytes_each:.1f} bytes a name",
        f"{growth:.2f} ×", "≤ 1.25 ×, ≤ 17 bytes", "≤ 1.1 ×, ≤ 10 bytes", below([(growth, 1.25, 1.1), (bytes_each, 17, 10)]))
    if "hashed" in running:
        row("blocked, with a hashed restricted list of 10 k names", each("blocked", "cpu", ".2f", "hashed"),
            f"{f.ratio('blocked', 'hashed', 'ours', 'cpu'):.2f} × without", "", "", None)
    if "audiences" in running:
        row("blocked, with an account that has a level of its own, so that who asks is looked for", each("blocked", "cpu", ".2f", "audiences"),
            f"{f.ratio('blocked', 'audiences', 'ours', 'cpu'):.2f} × without", "", "", None)
    print()
    for n, (exact, under, free) in right.items():
        print(f"{n}: {exact:.0f} % of listed names and {under:.0f} % of names below them closed, {free:.0f} % of others open; "
              f"{sum(r['lost'] for (_, m), runs in f.runs.items() if m == n for r in runs)} questions lost.  ")
