package desktop

import (
	"bufio"
	"bytes"
	"os"
	"strconv"
	"strings"
)

// Accounts returns the accounts of this PC that a person logs in to, by name,
// without the one given; none where the system keeps them elsewhere than in
// /etc/passwd.
func Accounts(without string) []string {
	data, err := os.ReadFile("/etc/passwd")
	if err != nil {
		return nil
	}
	return accounts(data, without)
}

// accounts reads passwd(5): people's numbers are from 1000 up (login.defs), and
// a shell that lets nobody in belongs to a service.
func accounts(passwd []byte, without string) []string {
	var names []string
	for scan := bufio.NewScanner(bytes.NewReader(passwd)); scan.Scan(); {
		f := strings.Split(scan.Text(), ":")
		if len(f) < 7 || f[0] == without {
			continue
		}
		uid, err := strconv.Atoi(f[2])
		if err != nil || uid < 1000 || uid >= 60000 || strings.HasSuffix(f[6], "nologin") || strings.HasSuffix(f[6], "/false") {
			continue
		}
		names = append(names, f[0])
	}
	return names
}
