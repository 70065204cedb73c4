#!/usr/bin/env bash
# A family for whom the filter is the PC's resolver in lessons alone.
. "$(dirname "$(readlink -f "$0")")/../house.sh"

hook_is() { [ "$(hook)" = "$1" ]; }
ms_since() { echo $(((${EPOCHREALTIME/./} - $1) / 1000)); }

boot
installed '"hook": "lessons"'

say "Only in lessons"
table "" "" ""
is "before a lesson: the hook" none "$(hook)"
is "who answers" router "$(who)"
times=$(full 10 2)
for i in $(seq "$times"); do
	began=${EPOCHREALTIME/./}
	learner lessonguardd lesson on --for 10m >/dev/null
	within 5 hook_is nft || true
	took=$(ms_since "$began")
	is "$i: the learner starts a lesson: the hook, after $took ms" nft "$(hook)"
	is "$i: who answers" filter "$(who)"
	is "$i: who answers by a resolver of one's own" filter "$(who @198.51.100.53)"
	began=${EPOCHREALTIME/./}
	echo "$guardian_pin" | pc lessonguardd lesson off >/dev/null
	within 5 hook_is none || true
	took=$(ms_since "$began")
	is "$i: the guardian ends it: the hook, after $took ms" none "$(hook)"
	is "$i: who answers" router "$(who)"
done
is "a killed service, outside lessons: who answers" router "$(pc systemctl kill -s KILL lessonguard; who)"
within 10 pc lessonguardd status || true
learner lessonguardd lesson on --for 10m >/dev/null
is "a lesson after that: who answers" filter "$(within 5 answered filter; who)"
pc systemctl kill -s KILL --kill-who=main lessonguard
is "killed in a lesson, which goes on: who answers" filter "$(within 10 answered filter; who)"
