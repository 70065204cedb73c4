package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"lessonguardd": main, "askfrom": askFrom})
}

// askFrom asks a resolver for the address of a name and prints it: askfrom udp|tcp
// RESOLVER NAME.
func askFrom() {
	answer, err := addressOf(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(answer)
}

func addressOf(network, resolver, name string) (netip.Addr, error) {
	conn, err := net.Dial(network, resolver+":53")
	if err != nil {
		return netip.Addr{}, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	q := []byte{0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	for label := range strings.SplitSeq(name, ".") {
		q = append(append(q, byte(len(label))), label...)
	}
	q = append(q, 0, 0, 1, 0, 1)
	if network == "tcp" {
		q = append([]byte{0, byte(len(q))}, q...)
	}
	if _, err := conn.Write(q); err != nil {
		return netip.Addr{}, err
	}
	answer := make([]byte, 2048)
	n, err := conn.Read(answer)
	if err != nil {
		return netip.Addr{}, err
	}
	return netip.AddrFrom4([4]byte(answer[max(n, 4)-4:])), nil // of the one record
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

// serving waits until a service answers at a control socket, and has loaded a
// list if one is named: serving SOCKET [LIST].
func serving(ts *testscript.TestScript, _ bool, args []string) {
	client, deadline := control.NewClient(ts.MkAbs(args[0])), time.Now().Add(time.Minute)
	for {
		lists, err := client.Lists(context.Background())
		loaded := func(l filter.ListState) bool { return l.ID == args[1] && l.Names > 0 }
		if err == nil && (len(args) == 1 || slices.ContainsFunc(lists, loaded)) {
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
