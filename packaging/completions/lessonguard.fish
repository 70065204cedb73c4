# fish completion for lessonguard
complete -c lessonguard -f
complete -c lessonguard -n __fish_use_subcommand -a help -d 'Open the help page'
complete -c lessonguard -n __fish_use_subcommand -a tutor -d 'Open it for a tutor'
complete -c lessonguard -n __fish_use_subcommand -a send -d 'Send what waits, without a window'
complete -c lessonguard -l tray -d 'Start without a window'
complete -c lessonguard -l invite -r -d 'File with the code that the provider gave'
complete -c lessonguard -l config -r -d "This account's folder"
complete -c lessonguard -l control -r -d 'Control socket'
complete -c lessonguard -l practice -d 'Offer the practice provider'
complete -c lessonguard -l help -d 'Help'
