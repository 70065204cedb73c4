// Lists makes blocklists of names that nobody has, shaped like public ones, and
// the questions that dnsperf asks about them. The same names come out each time.
//
//	lists DIR
package main

import (
	"bufio"
	"cmp"
	"fmt"
	"hash/fnv"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// sizes are the lists; each holds the one before it.
var sizes = []struct {
	name  string
	names int
}{{"10k", 10_000}, {"1m", 1_000_000}, {"5m", 5_000_000}}

const (
	questions = 200_000
	unique    = 300_000
	cached    = 400
)

// tlds end names about as often as they do in public lists.
var tlds = []struct {
	name   string
	weight int
}{
	{"com", 420},
	{"net", 70},
	{"org", 45},
	{"ru", 50},
	{"xyz", 40},
	{"top", 35},
	{"info", 35},
	{"de", 25},
	{"online", 20},
	{"site", 20},
	{"shop", 18},
	{"click", 15},
	{"club", 12},
	{"co.uk", 18},
	{"com.br", 12},
	{"io", 15},
	{"cn", 25},
	{"fr", 12},
	{"nl", 10},
	{"pl", 10},
	{"icu", 12},
	{"live", 10},
	{"biz", 10},
	{"tk", 15},
	{"pro", 8},
	{"in", 10},
	{"it", 8},
	{"eu", 8},
	{"us", 8},
	{"co", 10},
	{"me", 6},
	{"tv", 5},
	{"app", 6},
}

var hosts = []string{"www", "ads", "track", "cdn", "api", "m", "static", "img", "stats", "pixel", "click", "mail", "app", "s", "login"}

// A maker makes names.
type maker struct {
	*rand.Rand
	weight  int
	parents []string // that many names of a list share
	seen    map[uint64]struct{}
}

func newMaker() *maker {
	m := &maker{Rand: rand.New(rand.NewPCG(20261121, 42)), seen: map[uint64]struct{}{}}
	for _, t := range tlds {
		m.weight += t.weight
	}
	return m
}

func (m *maker) tld() string {
	n := m.IntN(m.weight)
	for _, t := range tlds {
		if n < t.weight {
			return t.name
		}
		n -= t.weight
	}
	return "com"
}

// word is n letters that can nearly be spoken.
func (m *maker) word(n int) string {
	const consonants, vowels = "bcdfghjklmnprstvwxz", "aeiou"
	b := make([]byte, n)
	for i := range b {
		if i%2 == 0 {
			b[i] = consonants[m.IntN(len(consonants))]
		} else {
			b[i] = vowels[m.IntN(len(vowels))]
		}
	}
	return string(b)
}

func (m *maker) noise(n int) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[m.IntN(len(letters))]
	}
	return string(b)
}

// domain is a name that somebody could register, 10 letters long before its
// ending, give or take four, as in public lists.
func (m *maker) domain() string {
	n := min(max(int(m.NormFloat64()*4+10.5), 5), 30)
	label := ""
	switch x := m.IntN(100); {
	case x < 60:
		label = m.word(n)
	case x < 75 && n > 6:
		label = m.word(n/2) + "-" + m.word(n-n/2-1)
	case x < 90:
		label = m.word(n-2) + fmt.Sprintf("%02d", m.IntN(100))
	default:
		label = "x" + m.noise(n-1)
	}
	return label + "." + m.tld()
}

func (m *maker) host() string {
	switch m.IntN(3) {
	case 0:
		return hosts[m.IntN(len(hosts))]
	case 1:
		return m.word(3 + m.IntN(6))
	default:
		return m.noise(4 + m.IntN(8))
	}
}

// listed makes a name for a list: 62 in 100 stand by themselves; the others are
// below a domain, some below one that many share, as trackers' are.
func (m *maker) listed() string {
	switch x := m.IntN(100); {
	case x < 62:
		return m.domain()
	case x >= 88:
		return m.host() + "." + m.host() + "." + m.domain()
	}
	parent := ""
	if len(m.parents) > 0 && m.IntN(100) < 40 {
		parent = m.parents[m.IntN(len(m.parents))]
	} else if parent = m.domain(); m.IntN(30) == 0 {
		m.parents = append(m.parents, parent)
	}
	return m.host() + "." + parent
}

// add reports whether name is new.
func (m *maker) add(name string) bool {
	h := hash(name)
	if _, known := m.seen[h]; known {
		return false
	}
	m.seen[h] = struct{}{}
	return true
}

// open makes a name that no list closes.
func (m *maker) open() string {
	for {
		name := m.domain()
		switch x := m.IntN(100); {
		case x >= 70:
			name = m.host() + "." + m.host() + "." + name
		case x >= 20:
			name = m.host() + "." + name
		}
		if !m.closed(name) {
			return name
		}
	}
}

func (m *maker) closed(name string) bool {
	for rest, more := name, true; more; _, rest, more = strings.Cut(rest, ".") {
		if _, ok := m.seen[hash(rest)]; ok {
			return true
		}
	}
	return false
}

func hash(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return h.Sum64()
}

// write writes n lines.
func write(path, suffix string, n int, line func(i int) string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(file, 1<<20)
	for i := range n {
		_, _ = w.WriteString(line(i)) // Flush returns the error
		_, _ = w.WriteString(suffix)
	}
	return cmp.Or(w.Flush(), file.Close())
}

func run(dir string) error {
	m := newMaker()
	most := sizes[len(sizes)-1].names
	list := make([]string, 0, most)
	for len(list) < most {
		if name := m.listed(); m.add(name) {
			list = append(list, name)
		}
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, size := range sizes {
		if err := write(in("list_"+size.name+".txt"), "\n", size.names, func(i int) string { return list[i] }); err != nil {
			return err
		}
		// Half of what is asked is the name itself, half is below it.
		err := write(in("blocked_"+size.name+".txt"), " A\n", questions, func(int) string {
			name := list[m.IntN(size.names)]
			for range []int{0, 0, 0, 0, 1, 1, 1, 2}[m.IntN(8)] {
				name = m.host() + "." + name
			}
			return name
		})
		if err != nil {
			return err
		}
	}
	few := make([]string, cached)
	for i := range few {
		few[i] = m.open()
	}
	often := rand.NewZipf(m.Rand, 1.1, 5, cached-1) // few names are asked for often
	return cmp.Or(
		write(in("warm.txt"), " A\n", cached, func(i int) string { return few[i] }),
		write(in("cached.txt"), " A\n", questions, func(int) string { return few[often.Uint64()] }),
		write(in("uncached.txt"), " A\n", unique, func(i int) string { return fmt.Sprintf("u%x.%s", i, m.open()) }),
	)
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: lists DIR")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal("making lists: ", err)
	}
}
