package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf16"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"

	"lessonguard/assets/files"
	"lessonguard/filter/system"
	"lessonguard/packaging"
)

// stateDir is where an installed service keeps its state. The folder is asked of
// Windows: the environment is anybody's to change.
var stateDir = filepath.Join(knownFolder(windows.FOLDERID_ProgramData), "Lessonguard")

// ownProgram is where a program that no installer brought is copied to, and where
// installers put it. Only administrators can write there.
var ownProgram = filepath.Join(knownFolder(windows.FOLDERID_ProgramFiles), "Lessonguard", "lessonguardd.exe")

func knownFolder(id *windows.KNOWNFOLDERID) string {
	path, err := windows.KnownFolderPath(id, windows.KF_FLAG_DEFAULT)
	if err != nil {
		return `C:\lessonguard` // of a Windows that does not know its own folders
	}
	return path
}

const (
	// onlySystem lets the system, which the service runs as, and administrators
	// into the state directory, and nobody else: they restore it, and mint claims.
	// It takes nothing from the folder above.
	onlySystem = "O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
	// taskName is the task that restores at a start of Windows.
	taskName = "Lessonguard restore"
	// stopPatience is how long a service may take to put the PC back and end.
	stopPatience = 15 * time.Second
)

// A serviceManager is Windows' Service Control Manager.
type serviceManager struct{}

func newSupervisor() supervisor { return serviceManager{} }

func (serviceManager) Elevated(command string) error {
	if windows.GetCurrentProcessToken().IsElevated() {
		return nil
	}
	return fmt.Errorf("%s needs an administrator: start the Command Prompt with \"Run as administrator\", and type lessonguardd %s there", command, command)
}

func (serviceManager) Records() string { return filepath.Join(stateDir, logName) }

func (serviceManager) Prepare(ctx context.Context) error {
	if err := makeState(stateDir); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	if !strings.EqualFold(self, ownProgram) {
		if err := makeRoom(ownProgram); err != nil {
			return err
		}
		if err := copyProgram(self, ownProgram); err != nil {
			return err
		}
	}
	if err := configure(); err != nil {
		return err
	}
	return makeTask(ctx)
}

// makeState makes the state directory. Every account may make folders beside it:
// one that an administrator or the system did not make is somebody's trap, and is
// set aside.
func makeState(dir string) error {
	who, err := windows.SecurityDescriptorFromString(onlySystem)
	if err != nil {
		return err
	}
	if info, err := os.Lstat(dir); err == nil && (info.Mode().Type() != fs.ModeDir || !ownedBySystem(dir)) {
		if _, err := files.SetAside(dir, time.Now()); err != nil {
			return fmt.Errorf("making the state directory: %s was there and is not Windows' own: %w", dir, err)
		}
	}
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return err
	}
	attributes := &windows.SecurityAttributes{SecurityDescriptor: who}
	attributes.Length = uint32(unsafe.Sizeof(*attributes))
	if err := windows.CreateDirectory(path, attributes); err == nil {
		return nil
	} else if !errors.Is(err, windows.ERROR_ALREADY_EXISTS) {
		return fmt.Errorf("making the state directory: %w", err)
	}
	access, _, err := who.DACL()
	if err != nil {
		return err
	}
	err = windows.SetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, access, nil)
	if err != nil {
		return fmt.Errorf("closing the state directory to other accounts: %w", err)
	}
	return nil
}

// ownedBySystem reports whether dir belongs to the system or to administrators.
func ownedBySystem(dir string) bool {
	who, err := windows.GetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return false
	}
	owner, _, err := who.Owner()
	return err == nil && (owner.IsWellKnown(windows.WinLocalSystemSid) || owner.IsWellKnown(windows.WinBuiltinAdministratorsSid))
}

// makeRoom moves the program at path out of the way of a newer one: while it runs
// it cannot be replaced, but it can be renamed.
func makeRoom(path string) error {
	old := path + ".old"
	if err := os.Remove(old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replacing the program: restart Windows first, which still runs the one before: %w", err)
	}
	if err := os.Rename(path, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replacing the program: %w", err)
	}
	return nil
}

// configure tells the Service Control Manager of the service, or what has changed
// about it.
func configure() error {
	manager, err := mgr.Connect()
	if err != nil {
		return fmt.Errorf("asking the Service Control Manager: %w", err)
	}
	defer manager.Disconnect() //nolint:errcheck // nothing to lose
	command := []string{ownProgram, "run", "--state", stateDir, "--hook", "auto", "--listen", "127.0.0.1:53", "--listen", "[::1]:53"}
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
		BinaryPathName:   windows.ComposeCommandLine(command),
	}
	s, err := manager.OpenService(system.WindowsService)
	if errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		s, err = manager.CreateService(system.WindowsService, ownProgram, config, command[1:]...)
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

// makeTask has Windows restore at its start where the service does not run.
func makeTask(ctx context.Context) error {
	text := strings.Replace(packaging.WindowsRestore, "PROGRAM</Command>", xmlText(ownProgram)+"</Command>", 1)
	var data []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) { // as its first line says
		data = append(data, byte(unit), byte(unit>>8))
	}
	path := filepath.Join(stateDir, "restore.xml") // nobody else can write there
	if err := files.Write(path, data, 0o600); err != nil {
		return fmt.Errorf("making the task that restores: %w", err)
	}
	defer os.Remove(path)
	if err := windowsTool(ctx, "schtasks.exe", "/Create", "/F", "/TN", taskName, "/XML", path); err != nil {
		return fmt.Errorf("making the task that restores: %w", err)
	}
	return nil
}

func xmlText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// windowsTool runs a program of Windows' own folder, and of no other.
func windowsTool(ctx context.Context, name string, args ...string) error {
	dir, err := windows.GetSystemDirectory()
	if err != nil {
		return err
	}
	out, err := exec.CommandContext(context.WithoutCancel(ctx), filepath.Join(dir, name), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.Join(strings.Fields(string(out)), " "))
	}
	return nil
}

func (serviceManager) Start(ctx context.Context) error {
	s, done, err := openService()
	if err != nil {
		return err
	}
	defer done()
	if err := stopService(ctx, s); err != nil { // it may be an older program
		return err
	}
	if err := s.Start(); err != nil {
		return fmt.Errorf("the Service Control Manager says: %w", err)
	}
	return nil
}

// Stop has the service put the PC back and end, and sees to both.
func (serviceManager) Stop(ctx context.Context) error {
	s, done, err := openService()
	if err != nil && !errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		return err
	}
	if err == nil {
		defer done()
		config, err := s.Config()
		if err != nil {
			return fmt.Errorf("asking the Service Control Manager: %w", err)
		}
		config.StartType = mgr.StartDisabled
		if err := s.UpdateConfig(config); err != nil {
			return fmt.Errorf("having the service start no more: %w", err)
		}
		if err := stopService(ctx, s); err != nil {
			return err
		}
	}
	return system.Restore(context.WithoutCancel(ctx), system.HookConfig{Listen: usualListen, Dir: stateDir})
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

// Remove leaves the program where an installer put it: it stands beside the
// desktop program then.
func (serviceManager) Remove(ctx context.Context, erase bool) error {
	var errs []error
	s, done, err := openService()
	if err == nil {
		errs = append(errs, s.Delete())
		done()
	} else if !errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		errs = append(errs, err)
	}
	if windowsTool(ctx, "schtasks.exe", "/Query", "/TN", taskName) == nil {
		errs = append(errs, windowsTool(ctx, "schtasks.exe", "/Delete", "/F", "/TN", taskName))
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(ownProgram), "lessonguard.exe")); errors.Is(err, fs.ErrNotExist) {
		for _, path := range []string{ownProgram + ".old", ownProgram} {
			errs = append(errs, removeProgram(path))
		}
	}
	if erase {
		errs = append(errs, os.RemoveAll(stateDir))
	}
	return errors.Join(errs...)
}

// removeProgram removes a program, or, where it is the one that runs, has Windows
// do so at its next start.
func removeProgram(path string) error {
	err := os.Remove(path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return err
	}
	if err := windows.MoveFileEx(name, nil, windows.MOVEFILE_DELAY_UNTIL_REBOOT); err != nil {
		return fmt.Errorf("removing %s: %w", path, err)
	}
	return nil
}
