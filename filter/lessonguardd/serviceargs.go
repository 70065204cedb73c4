package main

// serviceArgs are what an installed service is started with, whose state is in
// dir; the unit for systemd and the job for launchd say the same.
func serviceArgs(dir string) []string {
	args := []string{"run", "--state", dir, "--hook", "auto"}
	for _, at := range usualListen {
		args = append(args, "--listen", at.String())
	}
	return args
}
