package lists

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
)

// ErrNoDigests is returned for a file that is said to be hashed and is not.
var ErrNoDigests = errors.New("this holds no SHA-256 digests: 64 hexadecimal digits a line are wanted")

// ReadDigests hands each digest of a list that arrives hashed to add: 64
// hexadecimal digits a line, in any order and either case, with empty lines and
// comments between them. What they are digests of is not said in the file.
//
// A line that is something else is skipped and counted, never shown: it may be
// a name of a list that nobody may read. Of c, Name, Secret and Limits are used.
func ReadDigests(r io.Reader, c Config, add func(digest [sha256.Size]byte)) (Summary, error) {
	c.Limits = c.Limits.orDefault()
	sum := Summary{Format: "sha256", Files: 1}
	in := bufio.NewReaderSize(&capped{in: r, limit: c.Limits.Unpacked}, 4096)
	for {
		line, err := in.ReadSlice('\n')
		long := errors.Is(err, bufio.ErrBufferFull)
		for errors.Is(err, bufio.ErrBufferFull) {
			sum.Bytes += int64(len(line))
			line, err = in.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return sum, c.failed(err)
		}
		sum.Bytes += int64(len(line))
		if long {
			line = []byte("a line that is no digest")
		}
		if len(line) > 0 {
			sum.Lines++
		}
		var digest [sha256.Size]byte
		switch line = trim(line); {
		case len(line) == 0 || line[0] == '#':
		case isHTML(line):
			return sum, c.failed(ErrWebPage)
		case len(line) == hex.EncodedLen(len(digest)) && decodes(digest[:], line):
			add(digest)
			sum.Entries++
		default:
			sum.Skipped[BadName]++
		}
		if err != nil {
			break
		}
	}
	if sum.Entries == 0 && sum.SkippedAll() > 0 {
		return sum, c.failed(ErrNoDigests)
	}
	return sum, nil
}

func decodes(to, line []byte) bool {
	_, err := hex.Decode(to, line)
	return err == nil
}
