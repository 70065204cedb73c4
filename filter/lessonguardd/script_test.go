package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"lessonguard/filter/control"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"lessonguardd": main})
}

// TestScripts runs the command line as a person would: see testdata.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serving": serving, "takeport": takePort, "sparse": sparse, "random": random,
		},
		Condition:           condition,
		RequireExplicitExec: true, RequireUniqueNames: true,
	})
}

// condition reports whether this machine lets us make networks: "netns".
func condition(what string) (bool, error) {
	if what != "netns" {
		return false, fmt.Errorf("unknown condition %q", what)
	}
	return exec.Command("unshare", "--user", "--map-root-user", "--net", "ip", "link", "set", "lo", "up").Run() == nil, nil
}

// serving waits until a service answers at a control socket: serving SOCKET.
func serving(ts *testscript.TestScript, _ bool, args []string) {
	client, deadline := control.NewClient(ts.MkAbs(args[0])), time.Now().Add(time.Minute)
	for {
		_, err := client.Status(context.Background())
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("no service: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// takePort answers at a port until the script ends, and sets its address in the
// environment: takeport VARIABLE.
func takePort(ts *testscript.TestScript, _ bool, args []string) {
	conn, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { conn.Close() })
	ts.Setenv(args[0], conn.Addr().String())
}

// sparse makes a file of zeros that takes no room: sparse FILE BYTES.
func sparse(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), nil, 0o600))
	ts.Check(os.Truncate(ts.MkAbs(args[0]), size))
}

// random makes a file of random bytes: random FILE BYTES.
func random(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	data := make([]byte, size)
	_, _ = rand.Read(data) // never fails (crypto/rand)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
}
