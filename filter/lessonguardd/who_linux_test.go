package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lessonguard/filter"
	"lessonguard/filter/activity"
	"lessonguard/filter/engine"
	"lessonguard/filter/index"
	"lessonguard/filter/resolve"
	"lessonguard/filter/system"
)

// The parts that the processes of TestWho play.
const (
	partEnv   = "LESSONGUARD_TEST_PART"
	whoPC     = "pc"     // in which the filter runs
	whoRouter = "router" // which is the network
)

const (
	routerAddr = "192.0.2.53"
	liarAddr   = "192.0.2.66" // a resolver of somebody's own
	truth      = "198.51.100.1"
	lie        = "203.0.113.66"
)

// TestWho runs the filter on a PC of its own (in namespaces), whose questions are
// redirected to it as the hook does, with a family of two learners and a guardian.
// Their programs are processes of their accounts.
func TestWho(t *testing.T) {
	switch part := os.Getenv(partEnv); {
	case part == whoPC:
		theirPC(t)
	case part == whoRouter:
		router(t)
	case os.Getuid() != 0:
		t.Skip("skipped: it needs root for namespaces and accounts")
	default:
		if _, err := exec.LookPath("nft"); err != nil {
			t.Skip("skipped: nft is not installed")
		}
		cmd := again(t, whoPC)
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS}
		out, err := cmd.CombinedOutput()
		t.Log(string(out))
		if err != nil {
			t.Fatal(err)
		}
	}
}

// again is this test as another part.
func again(t *testing.T, part string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestWho$", "-test.v")
	cmd.Env = append(os.Environ(), partEnv+"="+part)
	return cmd
}

// shell runs a script that must succeed.
func shell(t *testing.T, script string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "sh", "-ec", script).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// router answers every question with an address: the router the truth, the liar
// a lie.
func router(t *testing.T) {
	for range 500 { // the link comes from the other side
		if _, err := net.InterfaceByName("net1"); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	shell(t, "ip link set lo up; ip link set net1 up; ip address add "+routerAddr+"/24 dev net1; ip address add "+liarAddr+"/24 dev net1")
	for at, ip := range map[string]string{routerAddr: truth, liarAddr: lie} {
		conn, err := net.ListenPacket("udp", at+":53")
		if err != nil {
			t.Fatal(err)
		}
		l, err := net.Listen("tcp", at+":53")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // it refuses nobody and answers nobody
		go func() {
			room := make([]byte, 2048)
			for {
				n, from, err := conn.ReadFrom(room)
				if err != nil {
					return
				}
				_, _ = conn.WriteTo(addressAnswer(room[:n], netip.MustParseAddr(ip)), from)
			}
		}()
	}
	fmt.Println("ready")
	_, _ = os.Stdin.Read(make([]byte, 1)) // until the PC is gone
}

// addressAnswer answers any question with an address.
func addressAnswer(q []byte, ip netip.Addr) []byte {
	at := 12
	for at < len(q) && q[at] != 0 {
		at += int(q[at]) + 1
	}
	a := append([]byte(nil), q[:min(at+5, len(q))]...)
	a[2], a[3], a[7], a[11] = a[2]|0x80, 0x80, 1, 0
	a = append(a, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4)
	return append(a, ip.AsSlice()...)
}

// theirPC sets the PC up and has everybody ask.
func theirPC(t *testing.T) {
	dir := t.TempDir()
	passwd := "root:x:0:0::/:\nresolver:x:500:500::/:\n"
	uids := map[string]int{"ann": 5001, "ben": 5002, "mum": 5003, "guest": 5004, "resolver": 500}
	for _, name := range []string{"ann", "ben", "mum", "guest"} {
		passwd += fmt.Sprintf("%s:x:%d:%d::/:\n", name, uids[name], uids[name])
	}
	lists := map[string]string{"games": "game.example\n", "pornography": "porn.example\n", "gambling": "bet.example\n", "restricted": "worst.example\n"}
	for category, names := range lists {
		if err := os.MkdirAll(filepath.Join(dir, "lists", category), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "lists", category, "list.txt"), []byte(names), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "passwd"), []byte(passwd), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount(filepath.Join(dir, "passwd"), "/etc/passwd", "", unix.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
	network := again(t, whoRouter)
	network.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	hold, err := network.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	said, err := network.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := network.Start(); err != nil {
		t.Fatal(err)
	}
	shell(t, "ip link set lo up; ip link add net0 type veth peer name net1; ip link set net1 netns "+strconv.Itoa(network.Process.Pid)+`
		ip link set net0 up; ip address add 192.0.2.2/24 dev net0
		nft add table inet questions
		nft 'add chain inet questions out { type nat hook output priority -110 ; }'
		nft add rule inet questions out meta skuid 0 accept
		nft add rule inet questions out oifname != lo meta l4proto '{ tcp, udp }' th dport 53 redirect to :5354`)
	for room := make([]byte, 1000); !strings.Contains(string(room), "ready"); {
		if _, err := said.Read(room); err != nil {
			t.Fatal("the router did not start")
		}
	}
	e := theirFilter(t, dir)
	theirQuestions(t, uids)
	theirActivity(t, e)
}

// theirFilter runs the filter of the family, in this process.
func theirFilter(t *testing.T, dir string) *engine.Engine {
	state := filepath.Join(dir, "state")
	if err := os.Mkdir(state, 0o700); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	kept, err := activity.Open(activity.Config{Path: filepath.Join(state, "activity.db"), Now: time.Now, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	content, err := shippedContent()
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(engine.Config{Dir: state, Content: content, Activity: kept, Now: time.Now, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	young, old, grown := filter.DefaultLevel(), filter.DefaultLevel(), filter.DefaultLevel()
	young.Closed |= filter.CategoriesOf(filter.Games)
	grown.Closed = filter.CategoriesOf(filter.Malware)
	policy := filter.DefaultPolicy()
	policy.Learners, policy.Guardians = map[string]filter.Level{"a": young, "b": old}, &grown
	if err := e.SetHousehold(t.Context(), filter.Household{
		Learners: []filter.Learner{
			{ID: "a", Name: "Ann", Audience: "learner-ks2", Accounts: []string{"ann"}},
			{ID: "b", Name: "Ben", Audience: "learner-ks3-4", Accounts: []string{"ben"}},
		},
		Guardians: []string{"mum"},
	}); err != nil {
		t.Fatal(err)
	}
	if err := e.SetPolicy(t.Context(), policy); err != nil {
		t.Fatal(err)
	}
	compile := exec.CommandContext(t.Context(), "/proc/self/exe", "lists", "compile", "--state", state, "--lists", filepath.Join(dir, "lists"))
	compile.Args[0] = "lessonguardd"
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	x, err := index.Open(filepath.Join(state, indexFile), e.Key())
	if err != nil {
		t.Fatal(err)
	}
	e.Publish(x)
	askers, err := system.OpenAskers()
	if err != nil {
		t.Fatal(err)
	}
	origins, err := system.OpenOrigins()
	if err != nil {
		t.Fatal(err)
	}
	home := resolve.PlainAddress(netip.MustParseAddrPort(routerAddr + ":53"))
	s, err := resolve.Listen(t.Context(), resolve.Config{
		Addrs: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:5354")}, Decider: e, Log: log, Seen: e.Seen,
		Resolvers: func() resolve.Resolvers { return resolve.Resolvers{System: []resolve.Address{home}} },
		Origin:    origins.UDP, StreamOrigin: origins.TCP, Asker: askers.Of,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- s.Run(ctx) }()
	go func() { ended <- kept.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		for range 2 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
	return e
}

// theirQuestions has each account ask, and looks at what it is told.
func theirQuestions(t *testing.T, uids map[string]int) {
	const closed = "0.0.0.0"
	for _, tt := range []struct{ account, resolver, name, want string }{
		// Somebody's own resolver lies to them, and to nobody else.
		{"ben", liarAddr, "bank.example", lie},
		{"ann", routerAddr, "bank.example", truth},
		{"mum", routerAddr, "bank.example", truth},
		{"ben", routerAddr, "bank.example", truth},
		{"ben", liarAddr, "bank.example", lie},
		{"ann", liarAddr, "www.childline.org.uk", truth},
		// Whatever resolver is asked, the asker's rules hold.
		{"ann", routerAddr, "game.example", closed},
		{"ann", liarAddr, "game.example", closed},
		{"ben", routerAddr, "game.example", truth},
		{"mum", routerAddr, "game.example", truth},
		{"guest", routerAddr, "game.example", closed},
		{"resolver", routerAddr, "game.example", closed},
		{"ann", routerAddr, "porn.example", closed},
		{"ben", routerAddr, "porn.example", closed},
		{"mum", routerAddr, "porn.example", truth},
		{"guest", routerAddr, "bet.example", closed},
		{"ann", routerAddr, "worst.example", closed},
		{"ben", routerAddr, "worst.example", closed},
		{"mum", routerAddr, "worst.example", closed},
		{"guest", routerAddr, "worst.example", closed},
	} {
		for _, network := range []string{"udp", "tcp"} {
			if network == "tcp" && tt.want != closed {
				continue // the network's resolvers do not speak it
			}
			cmd := exec.CommandContext(t.Context(), "/proc/self/exe", network, tt.resolver, tt.name)
			cmd.Args[0] = "askfrom"
			uid := uint32(uids[tt.account])
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
			cmd.Dir = "/"
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%s asks for %s over %s: %v: %s", tt.account, tt.name, network, err, out)
			}
			if got := strings.TrimSpace(string(out)); got != tt.want {
				t.Errorf("%s asks %s for %s over %s: %s, want %s", tt.account, tt.resolver, tt.name, network, got, tt.want)
			}
		}
	}
}

// theirActivity looks at what is kept: of each learner their own, of a guardian
// nothing, and what is of nobody known by itself. How often, nobody counts here:
// repeats within a moment are one.
func theirActivity(t *testing.T, e *engine.Engine) {
	for learner, want := range map[string]string{
		"a": "game.example porn.example; games pornography; restricted-list",
		"b": "porn.example; pornography; restricted-list",
		"":  "bet.example game.example; gambling games; restricted-list",
	} {
		var got string
		for range 200 { // it is written every few seconds
			seen, err := e.Activity(t.Context(), filter.ActivityQuery{Learner: learner, Since: time.Now().Add(-time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			var names, categories, others []string
			for _, b := range seen.Blocked {
				names = append(names, string(b.Name))
			}
			for c := range seen.Counts {
				categories = append(categories, c.String())
			}
			for r := range seen.Others {
				others = append(others, r.String())
			}
			for _, words := range [][]string{names, categories, others} {
				slices.Sort(words)
			}
			got = strings.Join([]string{strings.Join(names, " "), strings.Join(categories, " "), strings.Join(others, " ")}, "; ")
			if got == want {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if got != want {
			t.Errorf("activity of %q: %s, want %s", learner, got, want)
		}
	}
}
