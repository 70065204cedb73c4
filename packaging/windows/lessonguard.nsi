; The installer for Windows 10 and 11, built on any system: packaging/package.sh windows.
; It puts both programs into Program Files, which only administrators can write, has lessonguardd make itself the service,
; and registers lessonguard: links. The uninstaller puts the PC's DNS back before anything goes.
Unicode true
Target amd64-unicode
!include "MUI2.nsh"
!include "x64.nsh"

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Lessonguard"
; Said whether or not anything waits: nobody is to learn from it that somebody asked for help.
!define KEPT "Anything the learner asked to send and that could not go yet stays in their own account's folder; it is sent when Lessonguard is installed again."

Name "Lessonguard"
OutFile "dist/lessonguard-${VERSION}-setup.exe"
InstallDir "$PROGRAMFILES64\Lessonguard"
RequestExecutionLevel admin
SetCompressor /SOLID lzma
SetDateSave off ; the files' times here are those of whoever built it
ManifestDPIAware true
VIProductVersion "${NUMBER}"
VIAddVersionKey "ProductName" "Lessonguard"
VIAddVersionKey "FileDescription" "Lessonguard installer"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "Apache License 2.0"

!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "LICENSE"
; No page for the folder: the service runs from it as the system, so nobody else must be able to write there.
!insertmacro MUI_PAGE_INSTFILES
; What a program that runs leaves goes at the next start; nothing waits for that.
!define MUI_FINISHPAGE_NOREBOOTSUPPORT
!define MUI_FINISHPAGE_TEXT "Open Lessonguard on the guardian's account. It sets the family up, and the PIN."
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

Function .onInit
  ${IfNot} ${RunningX64}
    MessageBox MB_ICONSTOP|MB_OK "Lessonguard needs a 64-bit Windows." /SD IDOK
    Abort
  ${EndIf}
  SetRegView 64
  SetShellVarContext all
FunctionEnd

Function un.onInit
  SetRegView 64
  SetShellVarContext all
FunctionEnd

; A program that runs cannot be written over, but it can be renamed: the filter goes on until its new program takes over, and
; nobody loses the window that they are writing in. BEFORE is a variable, which then names the older program.
!macro replace NAME BEFORE
  GetTempFileName ${BEFORE} "$INSTDIR"
  Delete "${BEFORE}"
  Rename "$INSTDIR\${NAME}" "${BEFORE}"
  ClearErrors
  File "dist/windows/${NAME}"
  ${If} ${Errors}
    Delete "$INSTDIR\${NAME}"
    Rename "${BEFORE}" "$INSTDIR\${NAME}"
    MessageBox MB_ICONSTOP|MB_OK "${NAME} could not be written to $INSTDIR. Restart the computer and try again." /SD IDOK
    Abort
  ${EndIf}
!macroend

; What the family has set is in another folder and stays: policy, PIN, activity.
Section "Lessonguard"
  SetOutPath "$INSTDIR"
  SetOverwrite try
  !insertmacro replace lessonguard.exe $1
  !insertmacro replace lessonguardd.exe $2
  SetOverwrite on
  File "LICENSE"
  File "dist/windows/licences.txt"
  CreateShortcut "$SMPROGRAMS\Lessonguard.lnk" "$INSTDIR\lessonguard.exe"
  ; Started, hidden in the tray, with every account's session.
  WriteRegStr HKLM "Software\Microsoft\Windows\CurrentVersion\Run" "uk.lessonguard.app" '"$INSTDIR\lessonguard.exe" --tray'
  WriteRegStr HKLM "Software\Classes\lessonguard" "" "URL:Lessonguard"
  WriteRegStr HKLM "Software\Classes\lessonguard" "URL Protocol" ""
  WriteRegStr HKLM "Software\Classes\lessonguard\DefaultIcon" "" '"$INSTDIR\lessonguard.exe",0'
  WriteRegStr HKLM "Software\Classes\lessonguard\shell\open\command" "" '"$INSTDIR\lessonguard.exe" "%1"'
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKLM "${KEY}" "DisplayName" "Lessonguard"
  WriteRegStr HKLM "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${KEY}" "DisplayIcon" '"$INSTDIR\lessonguard.exe",0'
  WriteRegStr HKLM "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${KEY}" "NoModify" 1
  WriteRegDWORD HKLM "${KEY}" "NoRepair" 1
  DetailPrint "Starting the filter..."
  ; Without --claim: what is said here can be read on the screen and in a log.
  nsExec::ExecToLog '"$INSTDIR\lessonguardd.exe" install'
  Pop $0
  Delete /REBOOTOK "$1"
  Delete /REBOOTOK "$2"
  ${If} $0 != 0
    SetErrorLevel 3
    MessageBox MB_ICONEXCLAMATION|MB_OK "Lessonguard is installed, but its filter does not run yet. Open Lessonguard: it says why, and tries again." /SD IDOK
  ${EndIf}
SectionEnd

Section "Uninstall"
  ; What this account asked to send goes now, if it can; it takes the same time whether or not there is anything. That of
  ; other accounts is in their own folders, which an administrator's program has no business in.
  nsExec::Exec '"$INSTDIR\lessonguard.exe" send'
  Pop $0
  ; Asked to close, its window would only hide.
  nsExec::Exec '"$SYSDIR\taskkill.exe" /f /im lessonguard.exe'
  Pop $0
  StrCpy $1 "--keep"
  MessageBox MB_YESNO|MB_ICONQUESTION "Keep the family's settings, PIN and activity for another installation?" /SD IDYES IDYES keep
  StrCpy $1 "--erase"
keep:
  DetailPrint "Stopping the filter and putting this PC's DNS back..."
  nsExec::ExecToLog '"$INSTDIR\lessonguardd.exe" uninstall $1'
  Pop $0
  ${If} $0 != 0
  ${AndIf} $0 != 2 ; the DNS is back, and something was left that the line above names
    ; The programs stay: without them the PC could not be put back.
    MessageBox MB_ICONSTOP|MB_OK "This PC's DNS could not be put back, so nothing was removed. Restart the computer and try again." /SD IDOK
    Abort
  ${EndIf}
  Delete /REBOOTOK "$INSTDIR\lessonguard.exe"
  Delete /REBOOTOK "$INSTDIR\lessonguardd.exe"
  Delete /REBOOTOK "$INSTDIR\*.tmp" ; of an upgrade while they ran
  Delete "$INSTDIR\LICENSE"
  Delete "$INSTDIR\licences.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir /REBOOTOK "$INSTDIR"
  Delete "$SMPROGRAMS\Lessonguard.lnk"
  DeleteRegValue HKLM "Software\Microsoft\Windows\CurrentVersion\Run" "uk.lessonguard.app"
  DeleteRegKey HKLM "Software\Classes\lessonguard"
  DeleteRegKey HKLM "${KEY}"
  DetailPrint "${KEPT}"
  MessageBox MB_OK|MB_ICONINFORMATION "Lessonguard is off this PC.$\r$\n$\r$\n${KEPT}" /SD IDOK
SectionEnd
