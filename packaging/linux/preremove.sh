#!/bin/sh
# Before files go: dpkg says "remove", or "upgrade" and others where a new version follows; rpm 0, or 1 for an upgrade.
set -e
case "${1:-remove}" in
remove | 0) ;;
*) exit 0 ;; # the new version restarts the service
esac

# What learners asked to send goes now, if it can: each account's own program sends it, for it is sealed and in that account's
# folder. It takes the same time whether or not there is any, and says nothing: nobody is to learn that somebody asked for help.
if command -v runuser >/dev/null && [ -x /usr/bin/lessonguard ]; then
	getent passwd | {
		while IFS=: read -r account _ number _ _ home shell; do
			case "$shell" in */nologin | */false) continue ;; esac
			[ "$number" -ge 1000 ] && [ "$number" -lt 60000 ] && [ -d "$home" ] || continue
			# The clock is root's, for an account can stop its own processes; and they get no terminal of root's to type into.
			timeout -k 2 20 setsid -w runuser -u "$account" -- \
				env -i HOME="$home" USER="$account" XDG_RUNTIME_DIR="/run/user/$number" PATH=/usr/bin:/bin \
				/usr/bin/lessonguard send </dev/null >/dev/null 2>&1 &
		done
		wait
	}
fi

if [ -d /run/systemd/system ]; then
	# 2: the PC resolves names as before, and something was left that is named.
	/usr/bin/lessonguardd uninstall --keep || [ $? = 2 ]
fi
