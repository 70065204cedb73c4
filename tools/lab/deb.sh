#!/usr/bin/env bash
# Installs the Debian package on a PC of the lab, upgrades it, removes and purges
# it, and checks that the PC is then as it was, byte for byte. Needs root, and a
# package in dist/ (make package). The PC is the lab's with browsers, since that
# has the libraries of a desktop: nothing is forced.
#   tools/lab/deb.sh [PACKAGE]
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."
export LESSONGUARD_LAB_NAME=${LESSONGUARD_LAB_NAME:-deb} LESSONGUARD_LAB_BROWSERS=yes
lab=$here/lab.sh
. "$here/snapshot.sh"
. "$here/../checks.sh"

why=$("$lab" check) || { echo "SKIPPED: the package on a whole PC: $why"; exit 0; }
package=${1:-$(ls -t dist/lessonguard_*.deb 2>/dev/null | grep -v _99 | head -1)}
[ -f "$package" ] || { echo "there is no package in dist/: make package builds it" >&2; exit 1; }
[ -n "${LESSONGUARD_BOUNDED:-}" ] || LESSONGUARD_BOUNDED=1 exec timeout --foreground --kill-after=20 900 "$0" "$package"

work=$(mktemp -d)
finish() {
	"$lab" down
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

pc() { "$lab" sh "$@"; }
# first NAME: the address it resolves to
first() { pc dig +short +time=2 +tries=2 "$@" A 2>&1 | tail -1; }
resolves() { [ "$(first "$1")" = "$2" ]; }
program() { pc readlink "/proc/$(pc systemctl show -P MainPID lessonguard)/exe"; }
status() { pc lessonguardd status --json | tr -d ' ",' | sed -n "s/^$1://p"; }
install() { pc env DEBIAN_FRONTEND=noninteractive dpkg -i "$1" >"$work/dpkg" 2>&1 || { cat "$work/dpkg"; return 1; }; }
pin=482915
guardian() { pc runuser -u guardian -- "$@"; }
learner() { pc runuser -u learner -- "$@"; }

say "booting"
cp "$package" "$work/first.deb"
# The same once more, with a higher version.
mkdir "$work/deb"
dpkg-deb -R "$work/first.deb" "$work/deb"
sed -i 's/^Version: .*/Version: 99.0/' "$work/deb/DEBIAN/control"
dpkg-deb --root-owner-group -Zgzip -b "$work/deb" "$work/second.deb" >/dev/null
"$lab" up
pc mkdir -p /root/lab
for file in first.deb second.deb; do pc tee "/root/lab/$file" <"$work/$file" >/dev/null; done
pc tee /usr/local/bin/ask.sh <"$here/ask.sh" >/dev/null
pc chmod +x /usr/local/bin/ask.sh
pc useradd -m guardian
pc install -d -o learner -g learner -m 700 /home/learner/.config /home/learner/.config/lessonguard
echo "$(basename "$package"), $(pc systemctl --version | head -1), $(pc nft --version)"
resolving >"$work/resolving.before"
rest >"$work/rest.before"

say "installed, with nothing forced, over a copy that no package brought"
pc tee /root/lab/lessonguardd <"$work/deb/usr/bin/lessonguardd" >/dev/null
pc chmod +x /root/lab/lessonguardd
pc /root/lab/lessonguardd install
is "the program that runs" /usr/local/sbin/lessonguardd "$(program)"
install /root/lab/first.deb
sed 's/^/    /' "$work/dpkg"
is "the program that runs" /usr/bin/lessonguardd "$(program)"
is "the copy and its unit" gone "$(pc ls /usr/local/sbin/lessonguardd /etc/systemd/system/lessonguard.service 2>/dev/null || echo gone)"
is "service" active "$(pc systemctl is-active lessonguard)"
is "starts with the PC" enabled "$(pc systemctl is-enabled lessonguard)"
is "state" filtering "$(status state)"
is "hook" nft "$(status hook)"
is "PIN" false "$(status pinSet)"
is "account of the service" lessonguard "$(pc ps -o user= -p "$(pc systemctl show -P MainPID lessonguard)")"
is "state directory" "700 lessonguard" "$(pc stat -c '%a %U' /var/lib/lessonguard)"
is "control socket" 666 "$(pc stat -c %a /run/lessonguard/control.sock)"
is "exposure below 2" yes "$(pc systemd-analyze security lessonguard.service --no-pager | awk '/Overall exposure/ {for (i = 1; i <= NF; i++) if ($i ~ /^[0-9.]+$/) print ($i < 2) ? "yes" : $i}')"
is "closed name" 0.0.0.0 "$(first bet365.com)"
is "closed name of a hard-coded resolver" 0.0.0.0 "$(first @198.51.100.53 bet365.com)"
is "open name" 203.0.113.80 "$(first open.example.com)"
is "protected name" 203.0.113.80 "$(first www.childline.org.uk)"
is "complaints in the journal" "" "$(pc journalctl -u lessonguard -p warning -o cat --no-pager | head -5)"
is "claims in what the package said" 0 "$(grep -cE '^ *[0-9a-f]{64}$' "$work/dpkg" || true)"
is "claims in the journal" 0 "$(pc journalctl --no-pager -o cat | grep -cE '^[0-9a-f]{64}$' || true)"
pc lessonguardd status
is "the checkup of a learner's account" passes "$(learner lessonguardd checkup >"$work/checkup" && echo passes)"
sed 's/^/    /' "$work/checkup"

say "what a learner may"
is "status" filtering "$(learner lessonguardd status --json | tr -d ' ",' | sed -n 's/^state://p')"
is "a claim" refused "$(learner lessonguardd claim >/dev/null 2>&1 || echo refused)"
is "the first PIN" refused "$(printf '%s\n' $pin $pin | learner lessonguardd pin set >/dev/null 2>&1 || echo refused)"
is "stopping it" refused "$(learner systemctl --no-ask-password stop lessonguard 2>/dev/null || echo refused)"
is "uninstalling it" refused "$(learner lessonguardd uninstall --erase >/dev/null 2>&1 || echo refused)"
is "reading its state" refused "$(learner ls /var/lib/lessonguard >/dev/null 2>&1 || echo refused)"

say "an administrator's password, by pkexec"
# asked ACCOUNT COMMAND: what pkexec makes of it, with nobody to ask
asked() { pc runuser -u "$1" -- pkexec --disable-internal-agent /usr/bin/lessonguardd "${@:2}" 2>/dev/null || echo refused; }
claim=
if (cd "$work" && apt-get download -qq pkexec) >/dev/null 2>&1; then
	pc tee /root/lab/pkexec.deb <"$(ls "$work"/pkexec_*.deb)" >/dev/null
	install /root/lab/pkexec.deb
	# In place of the guardian who types it.
	pc mkdir -p /etc/polkit-1/rules.d
	pc tee /etc/polkit-1/rules.d/10-lab.rules >/dev/null <<-'END'
		polkit.addRule(function (action, subject) {
		  if (action.id == "uk.lessonguard.claim" && subject.user == "guardian") return polkit.Result.YES;
		});
	END
	pc systemctl restart polkit
	claim=$(asked guardian claim)
	is "the guardian, of whom it is known, gets a claim" yes "$([[ $claim =~ ^[0-9a-f]{64}$ ]] && echo yes || echo "$claim")"
	is "a learner gets none" refused "$(asked learner claim)"
	is "nobody gets more than they typed it for" refused "$(asked guardian uninstall --erase)"
	pc dpkg -P pkexec >/dev/null 2>&1
	pc rm /etc/polkit-1/rules.d/10-lab.rules
	pc systemctl restart polkit
else
	echo "SKIPPED: pkexec cannot be fetched"
fi

say "the first PIN, by a claim; a rule, by a request"
[ -n "$claim" ] || claim=$(pc lessonguardd claim)
is "the PIN is set" "the PIN is set" "$(printf '%s\n' "$claim" $pin $pin | guardian lessonguardd pin set --claim)"
is "the claim works once" refused "$(printf '%s\n' "$claim" 739154 739154 | guardian lessonguardd pin set --claim >/dev/null 2>&1 || echo refused)"
learner lessonguardd ask bet365.com --why "my maths lesson is about odds" >/dev/null
request=$(echo $pin | guardian lessonguardd requests --json | tr -d ' ",' | sed -n 's/^id://p' | head -1)
echo $pin | guardian lessonguardd requests allow "$request" --scope always >/dev/null
is "the site is open" yes "$(within 15 resolves bet365.com 203.0.113.80 && echo yes)"

say "upgraded, while the family goes on asking"
was=$(pc systemctl show -P MainPID lessonguard)
pc ask.sh 20 getaddrinfo >"$work/asked" 2>&1 &
asking=$!
sleep 1
install /root/lab/second.deb
wait $asking
is "questions: $(tail -1 "$work/asked")" "failed 0" "$(grep -o 'failed [0-9]*' "$work/asked" | tail -1)"
is "version" 99.0 "$(pc dpkg-query -W -f='${Version}' lessonguard)"
is "service" active "$(pc systemctl is-active lessonguard)"
is "it is the new one" yes "$([ "$was" != "$(pc systemctl show -P MainPID lessonguard)" ] && echo yes)"
is "PIN" true "$(status pinSet)"
is "the rule" 203.0.113.80 "$(first bet365.com)"
is "another closed name" 0.0.0.0 "$(first williamhill.com)"
learner lessonguardd lesson on --for 40m >/dev/null
is "the PIN still ends a lesson" "lesson mode is off" "$(echo $pin | guardian lessonguardd lesson off)"

say "a PC whose nftables cannot be used"
pc mv /usr/sbin/nft /usr/sbin/nft.off
pc systemctl restart lessonguard
is "hook" tun "$(status hook)"
is "closed name" yes "$(within 10 resolves williamhill.com 0.0.0.0 && echo yes)"
is "open name" 203.0.113.80 "$(first open.example.com)"
pc mv /usr/sbin/nft.off /usr/sbin/nft
pc systemctl restart lessonguard
is "hook, once they can" nft "$(status hook)"

say "removed"
learner lessonguard send # makes the outbox that a learner who has used the program has
pc find /home/learner/.config/lessonguard -type f -printf '%P %s\n' | sort >"$work/outbox.before"
pc env DEBIAN_FRONTEND=noninteractive dpkg -r lessonguard >"$work/dpkg" 2>&1 || failed=$((failed + 1))
sed 's/^/    /' "$work/dpkg"
is "what stays is said" 1 "$(grep -c 'stays in their own account' "$work/dpkg")"
resolving >"$work/resolving.after"
is "how the PC resolves, byte for byte" same "$(diff "$work/resolving.before" "$work/resolving.after" >&2 && echo same)"
is "closed name" 203.0.113.80 "$(first williamhill.com)"
is "processes" 0 "$(pc pgrep -c lessonguard || true)"
is "state directory is kept" "700 lessonguard" "$(pc stat -c '%a %U' /var/lib/lessonguard)"
pc find /home/learner/.config/lessonguard -type f -printf '%P %s\n' | sort >"$work/outbox.after"
is "the learner's folder" same "$([ -s "$work/outbox.before" ] && diff "$work/outbox.before" "$work/outbox.after" >&2 && echo same)"

say "installed again"
install /root/lab/second.deb
is "service" active "$(pc systemctl is-active lessonguard)"
is "PIN" true "$(status pinSet)"
is "the rule" 203.0.113.80 "$(first bet365.com)"
is "the removal was noticed" 1 "$(echo $pin | guardian lessonguardd audit | grep -c 'taken off this PC')"

say "killed, and then purged"
pc systemctl kill -s KILL --kill-who=main lessonguard
is "it comes back" yes "$(within 10 resolves williamhill.com 0.0.0.0 && echo yes)"
pc env DEBIAN_FRONTEND=noninteractive dpkg -P lessonguard >"$work/dpkg" 2>&1 || failed=$((failed + 1))
sed 's/^/    /' "$work/dpkg"
resolving >"$work/resolving.after"
is "how the PC resolves, byte for byte" same "$(diff "$work/resolving.before" "$work/resolving.after" >&2 && echo same)"
rest >"$work/rest.after"
is "every other file" same "$(diff "$work/rest.before" "$work/rest.after" >&2 && echo same)"
is "the service's account" gone "$(pc getent passwd lessonguard || echo gone)"
is "the learner's folder" kept "$(pc test -d /home/learner/.config/lessonguard && echo kept)"
is "what is erased and what stays is said" 1 "$(grep -c 'stay in ~/.config/lessonguard' "$work/dpkg")"

echo
[ $failed = 0 ] || { echo "$failed checks failed, after $SECONDS s"; exit 1; }
echo "every check passed, in $SECONDS s"
