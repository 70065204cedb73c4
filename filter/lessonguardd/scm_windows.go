package main

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf16"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"

	"lessonguard/filter/system"
)

// stopPatience is how long a service may take to put the PC back and end.
const stopPatience = 15 * time.Second

// configure tells the Service Control Manager of the service, or what has changed
// about it.
func configure() error {
	manager, err := mgr.Connect()
	if err != nil {
		return fmt.Errorf("asking the Service Control Manager: %w", err)
	}
	defer manager.Disconnect() //nolint:errcheck // nothing to lose
	args := serviceArgs(stateDir)
	config := mgr.Config{
		ServiceType:  windows.SERVICE_WIN32_OWN_PROCESS,
		StartType:    mgr.StartAutomatic,
		ErrorControl: mgr.ErrorNormal,
		DisplayName:  "Lessonguard filter",
		Description:  "Filters this PC's lookups of names for online lessons. If it is stopped, the PC resolves names as without it.",
		// An account of its own in the process's token, which the firewall's rules
		// know it by.
		SidType: windows.SERVICE_SID_TYPE_UNRESTRICTED,
		// The system's account: only that may set adapters and the firewall.
		ServiceStartName: "LocalSystem",
		Dependencies:     []string{"BFE", "Tcpip"},
		BinaryPathName:   windows.ComposeCommandLine(append([]string{ownProgram}, args...)),
	}
	s, err := manager.OpenService(system.WindowsService)
	if errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		s, err = manager.CreateService(system.WindowsService, ownProgram, config, args...)
	} else if err == nil {
		err = s.UpdateConfig(config)
	}
	if err != nil {
		return fmt.Errorf("configuring the service: %w", err)
	}
	defer s.Close()
	if err := limitPrivileges(s.Handle); err != nil {
		return fmt.Errorf("configuring the service's privileges: %w", err)
	}
	// Again and again, whatever it died of; after a minute without it is forgotten.
	restart := []mgr.RecoveryAction{
		{Type: mgr.ServiceRestart, Delay: 200 * time.Millisecond},
		{Type: mgr.ServiceRestart, Delay: time.Second},
		{Type: mgr.ServiceRestart, Delay: 5 * time.Second},
	}
	if err := s.SetRecoveryActions(restart, 60); err != nil {
		return fmt.Errorf("configuring the service's restart: %w", err)
	}
	if err := s.SetRecoveryActionsOnNonCrashFailures(true); err != nil {
		return fmt.Errorf("configuring the service's restart: %w", err)
	}
	return nil
}

// limitPrivileges takes from the service every privilege of the system's account
// but the one that nothing works without. What it does it may do by being that
// account.
func limitPrivileges(service windows.Handle) error {
	list := utf16.Encode([]rune("SeChangeNotifyPrivilege\x00\x00"))
	info := struct{ privileges *uint16 }{&list[0]} // SERVICE_REQUIRED_PRIVILEGES_INFOW
	return windows.ChangeServiceConfig2(service, windows.SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO, (*byte)(unsafe.Pointer(&info)))
}

func openService() (s *mgr.Service, done func(), err error) {
	manager, err := mgr.Connect()
	if err != nil {
		return nil, nil, fmt.Errorf("asking the Service Control Manager: %w", err)
	}
	if s, err = manager.OpenService(system.WindowsService); err != nil {
		_ = manager.Disconnect()
		return nil, nil, fmt.Errorf("asking the Service Control Manager: %w", err)
	}
	return s, func() {
		_ = s.Close()
		_ = manager.Disconnect()
	}, nil
}

// stopService returns when the service has stopped. One that does not is ended:
// with it go the firewall's rules, and the rest is restored without it.
func stopService(ctx context.Context, s *mgr.Service) error {
	now, err := s.Query()
	if err != nil {
		return fmt.Errorf("asking the Service Control Manager: %w", err)
	}
	if now.State == svc.Stopped {
		return nil
	}
	if _, err := s.Control(svc.Stop); err != nil && !errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE) && !errors.Is(err, windows.ERROR_SERVICE_CANNOT_ACCEPT_CTRL) {
		return fmt.Errorf("stopping the service: %w", err)
	}
	ended := false
	for began := time.Now(); ; {
		if now, err = s.Query(); err != nil {
			return fmt.Errorf("asking the Service Control Manager: %w", err)
		}
		switch {
		case now.State == svc.Stopped:
			return nil
		case time.Since(began) < stopPatience:
		case ended:
			return errors.New("the service does not stop, and cannot be ended: restart Windows")
		default:
			if err := endProcess(now.ProcessId); err != nil {
				return fmt.Errorf("ending a service that does not stop: %w", err)
			}
			ended, began = true, time.Now()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(askAgain):
		}
	}
}

func endProcess(pid uint32) error {
	process, err := windows.OpenProcess(windows.PROCESS_TERMINATE, false, pid)
	if err != nil {
		return err
	}
	defer windows.CloseHandle(process) //nolint:errcheck // nothing to lose
	return windows.TerminateProcess(process, 1)
}
