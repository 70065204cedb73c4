"""The servers that are measured: how each is started, asked and stopped."""

import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    """A port of 127.0.0.1 that is free for UDP and for TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as t, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as u:
            t.bind(("127.0.0.1", 0))
            try:
                u.bind(t.getsockname())
                return t.getsockname()[1]
            except OSError:
                continue


def ask(port, name, timeout=1.0):
    """What a server says of a name: blocked, open, failed, or none for no answer."""
    number = random.randrange(1 << 16)
    query = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0)
    query += b"".join(bytes([len(l)]) + l.encode() for l in name.split(".")) + b"\0" + struct.pack(">HH", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(timeout)
        try:
            s.connect(("127.0.0.1", port))
            s.send(query)
            answer = s.recv(4096)
            while answer[:2] != query[:2]:
                answer = s.recv(4096)
        except OSError:
            return "none"
    rcode, answers = answer[3] & 15, struct.unpack(">H", answer[6:8])[0]
    if b"\xc0\x00\x02\x01" in answer[12:]:
        return "open"
    if rcode == 3 or rcode == 0 and (answers == 0 or b"\0\4\0\0\0\0" in answer):
        return "blocked"
    return "failed"


class Server:
    """A server that is running. Only the process that was started here is ended."""

    def __init__(self, name, port, command, log, waits_for=None):
        self.name, self.port = name, port
        began = time.monotonic()
        with open(log, "w") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        self.pid = self.process.pid
        want = "blocked" if waits_for else "open"
        while ask(port, waits_for or "a.b", 0.05) != want:
            if self.process.poll() is not None or time.monotonic() - began > 120:
                self.stop()
                with open(log) as text:
                    raise SystemExit(f"{name} does not answer as it should:\n{text.read()[-2000:]}")
            time.sleep(0.0005)
        self.started_ms = 1000 * (time.monotonic() - began)

    def cpu(self):
        """CPU seconds so far, by the kernel's accounting."""
        with open(f"/proc/{self.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self):
        """VmRSS and RssAnon in MiB."""
        with open(f"/proc/{self.pid}/status") as f:
            text = f.read()
        return [int(re.search(key + r":\s+(\d+)", text)[1]) / 1024 for key in ("VmRSS", "RssAnon")]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(8)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


UNBOUND = """server:
  verbosity: 0
  interface: 127.0.0.1
  port: {port}
  do-ip6: no
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "{work}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  num-threads: 2
  so-reuseport: yes
  module-config: "iterator"
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  msg-cache-size: 64m
  rrset-cache-size: 128m
  outgoing-range: 4096
  num-queries-per-thread: 2048
  include: "{list}"
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{upstream}
remote-control:
  control-enable: no
"""

DNSMASQ = """port={port}
listen-address=127.0.0.1
bind-interfaces
keep-in-foreground
user={user}
no-resolv
no-hosts
no-poll
pid-file=
server=127.0.0.1#{upstream}
cache-size=10000
conf-file={list}
"""


def peer(name, template, line, names, work, upstream):
    """Writes a peer's configuration for a list, and returns its port and command;
    None where it is not installed."""
    program = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if not program:
        return None
    port, blocks, conf = free_port(), f"{work}/{name}.list", f"{work}/{name}.conf"
    with open(names) as source, open(blocks, "w") as out:
        out.writelines(line.format(l.strip()) for l in source)
    user = subprocess.check_output(["id", "-un"], text=True).strip()
    with open(conf, "w") as out:
        out.write(template.format(port=port, work=work, list=blocks, upstream=upstream, user=user))
    return port, [program, "-d", "-c", conf] if name == "unbound" else [program, "-C", conf]


def unbound(names, work, upstream):
    return peer("unbound", UNBOUND, 'local-zone: "{}." always_nxdomain\n', names, work, upstream)


def dnsmasq(names, work, upstream):
    return peer("dnsmasq", DNSMASQ, "local=/{}/\n", names, work, upstream)
