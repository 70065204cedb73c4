package system

import "io"

// ReadResolvConf returns what a resolv.conf says.
func ReadResolvConf(r io.Reader) (n Network, err error) {
	err = n.resolvConf(r)
	return n, err
}

// ReadScutil returns what "scutil --dns" says.
func ReadScutil(r io.Reader) (n Network, err error) {
	err = n.scutil(r)
	return n, err
}
