package main

import "errors"

func share(uintptr) error { return errors.New("several sockets cannot share a port on Windows") }
