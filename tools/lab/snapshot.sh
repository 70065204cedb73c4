# Sourced by deb.sh and cases/copy.sh: what of the PC has to be as it was once
# Lessonguard has gone. pc is theirs.

# resolving is all that says how the PC resolves names, and the programs that do.
resolving() {
	pc bash -c 'readlink /etc/resolv.conf; cat /etc/resolv.conf; cat /run/systemd/resolve/resolv.conf /run/systemd/resolve/stub-resolv.conf
		cat /etc/nsswitch.conf /etc/hosts; ls /etc/systemd/resolved.conf.d /run/systemd/resolved.conf.d /etc/NetworkManager/conf.d /run/NetworkManager/conf.d 2>/dev/null
		resolvectl dns; resolvectl domain; resolvectl default-route; nft list ruleset; ip rule; ip -6 rule; ip -o link | cut -d: -f2; ss -lnptu sport = :53 | awk "{print \$1, \$5}" | sort'
}

# rest is every file of the PC but those that change by themselves, and the
# digests of what configures it.
rest() {
	pc find /etc /usr /opt /var/lib /home /root -xdev -not -path '/root/lab*' -not -path '/var/lib/dpkg/*' -not -path '/var/lib/systemd/*' -not -path '/var/lib/NetworkManager/*' \
		-not -path '/home/learner/.config*' -not -path '/home/learner/.cache*' -not -path '/usr/share/mime*' -not -name '*.cache' \
		-not -name '*-' -not -name '.pwd.lock' | sort
	pc find /etc -xdev -type f -not -name '*-' -not -name '*.cache' -not -name '.pwd.lock' -exec sha256sum {} + | sort -k2
}
