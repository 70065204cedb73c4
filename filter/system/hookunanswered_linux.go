package system

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Unanswered are the questions that the service has read and not yet answered,
// in memory that the holder shares: should the service be killed, the holder
// answers them. Its methods may be called from several goroutines, and on nil.
type Unanswered struct {
	file  *os.File
	data  []byte
	taken atomic.Int32  // slots, at most all
	next  atomic.Uint32 // where to look for a free one
}

// The memory is slots of one size. The first four bytes of one say what it is,
// and are written last.
const (
	unansweredSlots = 1024
	slotSize        = 320
	unansweredSize  = unansweredSlots * slotSize

	slotFree   = 0
	slotTaken  = 1
	slotFilled = 2

	slotClient = 4  // 16 bytes and a port
	slotLocal  = 22 // likewise
	slotLength = 40
	slotQuery  = 42
)

// NewUnanswered returns room for the questions of one service.
func NewUnanswered() (*Unanswered, error) {
	fd, err := unix.MemfdCreate("unanswered", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("making room for unanswered questions: %w", err)
	}
	u := &Unanswered{file: os.NewFile(uintptr(fd), "unanswered")}
	if err := u.file.Truncate(unansweredSize); err != nil {
		u.file.Close()
		return nil, fmt.Errorf("making room for unanswered questions: %w", err)
	}
	if u.data, err = unix.Mmap(fd, 0, unansweredSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		u.file.Close()
		return nil, fmt.Errorf("making room for unanswered questions: %w", err)
	}
	return u, nil
}

// Add notes the question in wire form that client sent and that came in at
// local. It returns what [Unanswered.Done] takes. A question for which there is
// no room is not noted.
func (u *Unanswered) Add(client, local netip.AddrPort, query []byte) int {
	if u == nil || len(query) > slotSize-slotQuery {
		return -1
	}
	if u.taken.Add(1) > unansweredSlots {
		u.taken.Add(-1) // and nobody looks at each in vain
		return -1
	}
	for {
		i := int(u.next.Add(1) % unansweredSlots)
		s := u.slot(i)
		if !slotState(s).CompareAndSwap(slotFree, slotTaken) {
			continue
		}
		putAddr(s[slotClient:], client)
		putAddr(s[slotLocal:], local)
		binary.BigEndian.PutUint16(s[slotLength:], uint16(len(query)))
		copy(s[slotQuery:], query)
		slotState(s).Store(slotFilled)
		return i
	}
}

// Done forgets a question.
func (u *Unanswered) Done(i int) {
	if u == nil || i < 0 {
		return
	}
	s := u.slot(i)
	clear(s[slotClient : slotQuery+int(binary.BigEndian.Uint16(s[slotLength:]))]) // a name that was asked for stays nowhere
	slotState(s).Store(slotFree)
	u.taken.Add(-1)
}

func (u *Unanswered) slot(i int) []byte { return u.data[i*slotSize : (i+1)*slotSize] }

func slotState(slot []byte) *atomic.Uint32 { return (*atomic.Uint32)(unsafe.Pointer(&slot[0])) }

func putAddr(b []byte, at netip.AddrPort) {
	as16 := at.Addr().As16()
	copy(b, as16[:])
	binary.BigEndian.PutUint16(b[16:], at.Port())
}

func getAddr(b []byte) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[:16])).Unmap(), binary.BigEndian.Uint16(b[16:]))
}

type unanswered struct {
	client, local netip.AddrPort
	query         []byte
}

// readUnanswered returns what is noted in the memory of a service that is gone.
func readUnanswered(data []byte) (all []unanswered) {
	for ; len(data) >= slotSize; data = data[slotSize:] {
		s := data[:slotSize]
		length := int(binary.BigEndian.Uint16(s[slotLength:]))
		if slotState(s).Load() != slotFilled || length > slotSize-slotQuery {
			continue
		}
		all = append(all, unanswered{getAddr(s[slotClient:]), getAddr(s[slotLocal:]), s[slotQuery : slotQuery+length]})
	}
	return all
}
