//go:build !linux && !windows && !darwin

package main

import (
	"context"
	"errors"
)

// stateDir is not known where the service cannot be installed.
const stateDir = ""

// noSupervisor is for systems on which the service cannot be installed yet.
type noSupervisor struct{}

func newSupervisor() supervisor { return noSupervisor{} }

var errNoSupervisor = errors.New("the filter cannot be installed on this system yet: lessonguardd run tries it")

func (noSupervisor) Elevated(string) error              { return errNoSupervisor }
func (noSupervisor) Prepare(context.Context) error      { return errNoSupervisor }
func (noSupervisor) Start(context.Context) error        { return errNoSupervisor }
func (noSupervisor) Stop(context.Context) error         { return errNoSupervisor }
func (noSupervisor) Remove(context.Context, bool) error { return errNoSupervisor }
func (noSupervisor) Records() string                    { return "" }
