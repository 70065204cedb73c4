#!/bin/sh
# After files have gone. dpkg says "purge" for a second time where the state is to go too; rpm knows no such thing, and
# packaging/README.md says what to type there.
set -e
[ ! -d /run/systemd/system ] || systemctl daemon-reload || true
case "${1:-remove}" in
purge)
	rm -rf /var/lib/lessonguard
	if getent passwd lessonguard >/dev/null; then
		userdel lessonguard 2>/dev/null || true
	fi
	echo "What Lessonguard's filter kept is erased. Each account's own files, such as the acceptances that a guardian signed," \
		"stay in ~/.config/lessonguard: whoever they belong to may delete that folder."
	;;
esac
