# fish completion for lessonguardd
complete -c lessonguardd -f
set -l first '__fish_use_subcommand'
complete -c lessonguardd -n $first -a run -d 'Answer DNS questions until stopped'
complete -c lessonguardd -n $first -a install -d "Make the filter this PC's service"
complete -c lessonguardd -n $first -a uninstall -d 'Take it off again'
complete -c lessonguardd -n $first -a restore -d 'Put name resolution back after a crash'
complete -c lessonguardd -n $first -a status -d 'What the filter is doing'
complete -c lessonguardd -n $first -a lesson -d 'Start or end lesson mode'
complete -c lessonguardd -n $first -a resolvers -d 'Whom to ask for what is open'
complete -c lessonguardd -n $first -a rules -d 'Rules of your own on names'
complete -c lessonguardd -n $first -a home -d "Names that may lead to the home's network"
complete -c lessonguardd -n $first -a explain -d 'Whether a name is open, and why'
complete -c lessonguardd -n $first -a checkup -d 'What is protected on this PC, and what is not'
complete -c lessonguardd -n $first -a pin -d "Set or change the guardian's PIN"
complete -c lessonguardd -n $first -a claim -d 'Let another account set it, once'
complete -c lessonguardd -n $first -a ask -d 'Ask the guardian to open a site'
complete -c lessonguardd -n $first -a requests -d 'What learners asked for'
complete -c lessonguardd -n $first -a activity -d 'What was blocked in the last seven days'
complete -c lessonguardd -n $first -a notices -d 'What happened to the filtering'
complete -c lessonguardd -n $first -a audit -d 'What was changed, and by whom'
complete -c lessonguardd -n $first -a lists -d 'The blocklists'
complete -c lessonguardd -n $first -a version -d 'The version'
complete -c lessonguardd -n '__fish_seen_subcommand_from lesson' -a 'on off plan'
complete -c lessonguardd -n '__fish_seen_subcommand_from resolvers' -a own
complete -c lessonguardd -n '__fish_seen_subcommand_from home' -a none
complete -c lessonguardd -n '__fish_seen_subcommand_from lesson' -l approved-only -d 'Approved sites only'
complete -c lessonguardd -n '__fish_seen_subcommand_from lesson requests rules' -l for -x -d 'How long'
complete -c lessonguardd -n '__fish_seen_subcommand_from pin' -a set
complete -c lessonguardd -n '__fish_seen_subcommand_from pin install' -l claim -d 'By a claim'
complete -c lessonguardd -n '__fish_seen_subcommand_from requests' -a 'allow refuse'
complete -c lessonguardd -n '__fish_seen_subcommand_from rules' -a 'allow block remove'
complete -c lessonguardd -n '__fish_seen_subcommand_from explain' -l why -d 'All of why'
complete -c lessonguardd -n '__fish_seen_subcommand_from requests rules' -l scope -x -a 'always lessons outside-lessons'
complete -c lessonguardd -n '__fish_seen_subcommand_from lists' -a 'show update accept check compile coverage'
complete -c lessonguardd -n '__fish_seen_subcommand_from check' -F
complete -c lessonguardd -n '__fish_seen_subcommand_from uninstall' -l keep -d "Keep the family's settings"
complete -c lessonguardd -n '__fish_seen_subcommand_from uninstall' -l erase -d 'Erase them'
complete -c lessonguardd -n '__fish_seen_subcommand_from run restore claim compile' -l state -r -d 'State directory'
complete -c lessonguardd -n '__fish_seen_subcommand_from run' -l hook -x -a 'none auto nft tun resolv.conf'
complete -c lessonguardd -n '__fish_seen_subcommand_from checkup' -l print -r -d 'Page to print'
complete -c lessonguardd -n '__fish_seen_subcommand_from run compile coverage' -l lists -r -d 'Folder of lists'
complete -c lessonguardd -n 'not __fish_use_subcommand' -l control -r -d 'Control socket'
complete -c lessonguardd -n 'not __fish_use_subcommand' -l json -d 'Answer in JSON'
complete -c lessonguardd -l help -d 'Help'
