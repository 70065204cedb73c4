package access

import (
	"crypto/subtle"
	"encoding/hex"
	"maps"
	"runtime/debug"
	"slices"

	"golang.org/x/crypto/argon2"
)

// Parameters of argon2id: the second choice of RFC 9106 cut to what OWASP's
// password storage cheat sheet allows, since the service is to stay small.
const (
	hashTime   = 2
	hashMemory = 19 << 10 // KiB
	hashLanes  = 1
	hashSize   = 32
)

func hash(pin string, salt []byte) []byte {
	defer debug.FreeOSMemory() // the service's memory is a promise
	return argon2.IDKey([]byte(pin), salt, hashTime, hashMemory, hashLanes, hashSize)
}

// is reports whether pin is the one kept. The error is that nothing readable is
// kept.
func (k kept) is(pin string) (bool, error) {
	salt, err := hex.DecodeString(k.Salt)
	if err != nil {
		return false, err
	}
	want, err := hex.DecodeString(k.Hash)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(hash(pin, salt), want) == 1, nil
}

// without returns a copy of k that shares nothing with it, without failures of
// the account.
func (k kept) without(account string) kept {
	failures := map[string]failure{}
	maps.Copy(failures, k.Failures)
	delete(failures, account)
	k.Failures, k.Known = failures, slices.Clone(k.Known)
	return k
}

// maxAccounts bounds the accounts that are kept. A PC has far fewer, but a user
// of Linux can be thousands (subordinate ids): those are held up as strangers.
const maxAccounts = 64

// know keeps that account has given the PIN.
func (k *kept) know(account string) {
	if !slices.Contains(k.Known, account) && len(k.Known) < maxAccounts {
		k.Known = append(k.Known, account)
	}
}

// failed keeps that account has failed once more. Where there are too many, that
// of the account which failed longest ago goes: with no place for it, one that is
// no stranger, as a learner's where the guardian has given the PIN, could guess
// without a limit.
func (k *kept) failed(account string, f failure) {
	if len(k.Failures) >= maxAccounts {
		oldest := ""
		for id, o := range k.Failures {
			if oldest == "" || o.Last < k.Failures[oldest].Last {
				oldest = id
			}
		}
		delete(k.Failures, oldest)
	}
	k.Failures[account] = f
}

// Good reports whether pin can be a PIN: six to twelve digits that are neither
// all the same nor a run up or down, which are what is guessed first.
func Good(pin string) bool {
	if len(pin) < 6 || len(pin) > 12 {
		return false
	}
	same, up, down := true, true, true
	for i := range len(pin) {
		if pin[i] < '0' || pin[i] > '9' {
			return false
		}
		if i > 0 {
			step := int(pin[i]) - int(pin[i-1])
			same, up, down = same && step == 0, up && step == 1, down && step == -1
		}
	}
	return !same && !up && !down
}
