# bash completion for lessonguardd
_lessonguardd() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} words
	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ]; then
		words="activity ask audit checkup claim explain home install lesson lists notices pin requests resolvers restore rules run status uninstall version help"
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	case $prev in
	--state | --lists | --config) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
	--control | --catalogue | --print) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--hook) mapfile -t COMPREPLY < <(compgen -W "none auto nft tun resolv.conf" -- "$cur"); return ;;
	--scope) mapfile -t COMPREPLY < <(compgen -W "always lessons outside-lessons" -- "$cur"); return ;;
	--language) mapfile -t COMPREPLY < <(compgen -W "en cy" -- "$cur"); return ;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W "any plain hosts wildcard adblock dnsmasq unbound rpz v2fly urls ut1" -- "$cur")
		return
		;;
	--why) [ "$command" = explain ] || return ;;
	--for | --learner | --limit | --since | --listen | --upstream | --closed | --resolver | --accept | --update) return ;;
	esac
	case $command in
	run) words="--state --listen --hook --control --upstream --lists --catalogue --update" ;;
	install) words="--claim" ;;
	uninstall) words="--keep --erase" ;;
	restore) words="--state --control --unless-running" ;;
	claim) words="--state" ;;
	status) words="--control --json" ;;
	lesson) words="on off plan --for --approved-only --control --json" ;;
	resolvers) words="own --control --json" ;;
	home) words="none --control --json" ;;
	rules) words="allow block remove --scope --for --control --json" ;;
	explain) words="--why --learner --control --json" ;;
	checkup) words="--print --config --language --control --json" ;;
	pin) words="set --claim --control --json" ;;
	ask) words="--why --control --json" ;;
	requests) words="allow refuse --scope --for --control --json" ;;
	activity) words="--since --control --json" ;;
	notices) words="--control --json" ;;
	audit) words="--limit --control --json" ;;
	lists)
		if [ "$COMP_CWORD" = 2 ]; then
			words="show update accept check compile coverage"
		else
			case ${COMP_WORDS[2]} in
			show | update | accept) words="--control --json" ;;
			check) words="--format --lines --json" ;;
			compile) words="--state --lists --again --fetch --accept --catalogue --closed --resolver" ;;
			coverage) words="--lists --json" ;;
			esac
			[ "${COMP_WORDS[2]}" != check ] || mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		fi
		;;
	*) return ;;
	esac
	local more
	mapfile -t more < <(compgen -W "$words --help" -- "$cur")
	COMPREPLY+=("${more[@]}")
}
complete -F _lessonguardd lessonguardd
