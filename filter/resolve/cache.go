package resolve

import (
	"bytes"
	"sync"
	"time"

	"lessonguard/filter"
)

// A cache keeps answers, up to a number of bytes. It is divided by the hash of
// the name, so that two questions seldom wait for one another.
//
// What goes when it is full is chosen by SIEVE (Zhang et al., NSDI 2024): a hand
// goes from the oldest answer to the newest and takes the first that nobody has
// asked for since it last came by. It keeps what is asked for often, and a hit
// moves nothing.
type cache struct {
	shards [16]shard
	most   int // bytes in a shard
}

type shard struct {
	mu     sync.Mutex
	kept   map[key]*slot
	bytes  int
	newest *slot
	oldest *slot
	hand   *slot
}

type slot struct {
	key          key
	entry        *entry
	asked        bool
	newer, older *slot
}

// maxStale is how long after its end an answer may still be given when no
// resolver can be reached (RFC 8767 section 5 says one to three days).
const maxStale = 24 * time.Hour

// defaultCacheBytes is room for some 5,000 answers, more than a family asks for in a day.
const defaultCacheBytes = 2 << 20

func newCache(most int) *cache {
	if most == 0 {
		most = defaultCacheBytes
	}
	c := &cache{}
	c.most = most / len(c.shards)
	for i := range c.shards {
		c.shards[i].kept = map[key]*slot{}
	}
	return c
}

// keyable reports whether name may be a key: 0xff in it may stand for a dot
// within a label, and then two names look the same.
func keyable(name *filter.Suffixes) bool { return bytes.IndexByte(name.Bytes(), 0xff) < 0 }

func (c *cache) shard(name *filter.Suffixes) *shard {
	if n := name.Len(); n > 0 {
		return &c.shards[name.Hash(n-1)%uint64(len(c.shards))]
	}
	return &c.shards[0]
}

// get returns the answer to the question for name, fresh or not. k.name is
// ignored in favour of name, from which no string needs to be made.
func (c *cache) get(name *filter.Suffixes, k key) *entry {
	sh := c.shard(name)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	slot := sh.kept[key{name: string(name.Bytes()), from: k.from, qtype: k.qtype, do: k.do, cd: k.cd}]
	if slot == nil {
		return nil
	}
	slot.asked = true
	return slot.entry
}

// put keeps e under k, whose name is name's.
func (c *cache) put(name *filter.Suffixes, k key, e *entry) {
	size := e.size(k.name)
	if size > c.most/4 {
		return
	}
	sh := c.shard(name)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if old := sh.kept[k]; old != nil {
		sh.bytes += size - old.entry.size(k.name)
		old.entry = e
	} else {
		s := &slot{key: k, entry: e, older: sh.newest}
		if sh.newest != nil {
			sh.newest.newer = s
		} else {
			sh.oldest = s
		}
		sh.newest = s
		sh.kept[k] = s
		sh.bytes += size
	}
	for sh.bytes > c.most {
		sh.evict()
	}
}

func (sh *shard) evict() {
	s := sh.hand
	if s == nil {
		s = sh.oldest
	}
	for s.asked {
		s.asked = false
		if s = s.newer; s == nil {
			s = sh.oldest
		}
	}
	sh.hand = s.newer
	if s.newer != nil {
		s.newer.older = s.older
	} else {
		sh.newest = s.older
	}
	if s.older != nil {
		s.older.newer = s.newer
	} else {
		sh.oldest = s.newer
	}
	delete(sh.kept, s.key)
	sh.bytes -= s.entry.size(s.key.name)
}

// clear forgets everything: another network may answer differently.
func (c *cache) clear() {
	for i := range c.shards {
		sh := &c.shards[i]
		sh.mu.Lock()
		sh.kept = map[key]*slot{}
		sh.bytes, sh.newest, sh.oldest, sh.hand = 0, nil, nil, nil
		sh.mu.Unlock()
	}
}

// left returns what is left of e's life at now, in nanoseconds: below zero it is
// stale.
func (e *entry) left(now int64) time.Duration { return time.Duration(e.until - now) }

// ttl is what goes out with an answer that has left to live.
func ttl(left time.Duration) uint32 {
	return uint32(min(max((left+time.Second-1)/time.Second, 0), maxTTL))
}
