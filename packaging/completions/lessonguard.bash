# bash completion for lessonguard
_lessonguard() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	COMPREPLY=()
	case $prev in
	--config) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
	--control | --invite) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "help tutor send --tray --invite --config --control --practice --help" -- "$cur")
}
complete -F _lessonguard lessonguard
