package desktop

import "net"

// private, restrict and samePeer have nothing to do: the folder lies in the account's
// LocalAppData, which Windows closes to other accounts, and a unix socket (there
// since Windows 10, version 1803) is opened by who may open its file.
func private(string) error { return nil }

func restrict(string) error { return nil }

func samePeer(net.Conn) error { return nil }
