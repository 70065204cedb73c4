#!/usr/bin/env bash
# Builds the packages and installers into dist/, each the same bit for bit from the same commit and the same compilers.
#   packaging/package.sh deb rpm    for Linux (this machine's architecture)
#   packaging/package.sh windows    the installer, cross-built: needs makensis and mingw (packages nsis, gcc-mingw-w64-x86-64)
#   packaging/package.sh version    say which version this would be
# VERSION=1.2.3 overrides what git says. MAINTAINER="Name <address>" goes into the packages.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

# version is the tag, else the version in FyneApp.toml with the number and the name of the commit: 0.1.0~git123.abcdef0 in a
# package, which sorts before 0.1.0. Where the source is not quite the commit's, it says so.
version() {
	[ -z "${VERSION:-}" ] || { echo "$VERSION"; return; }
	local next count name tag changed=
	next=$(sed -n 's/^Version = "\(.*\)"$/\1/p' FyneApp.toml)
	count=$(git rev-list --count HEAD 2>/dev/null) && name=$(git rev-parse --short=10 HEAD) || { echo "$next-dev"; return; }
	[ -z "$(git status --porcelain)" ] || changed=changed
	if tag=$(git describe --tags --exact-match --match 'v*' 2>/dev/null); then
		echo "${tag#v}${changed:+-$changed}"
	else
		echo "$next-git$count.$name${changed:+.$changed}"
	fi
}

export VERSION MAINTAINER SOURCE_DATE_EPOCH GOARCH GOAMD64
VERSION=$(version)
[ "${1:-}" != version ] || { echo "$VERSION"; exit; }
MAINTAINER=${MAINTAINER:-Lessonguard <packages@lessonguard.invalid>} # whoever publishes them says who they are
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
GOARCH=${GOARCH:-$(go env GOARCH)}
GOAMD64=${GOAMD64:-v1} # a family's PC may be an old one
# A package names no folder of the machine that it was built on, and its version has the commit.
flags=(-trimpath -buildvcs=false -tags migrated_fynedo)
link="-s -w -X main.version=$VERSION"

tool() {
	[ -x "bin/$1" ] && [ "bin/$1" -nt tools/package.mod ] || go build -modfile=tools/package.mod -o "bin/$1" "$2"
}

built=
linux() {
	[ -z "$built" ] || return 0
	built=yes
	mkdir -p dist/linux
	# This one has C in it, which is built as distributions build theirs.
	CGO_ENABLED=1 CGO_CFLAGS="-O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong" \
		go build "${flags[@]}" -buildmode=pie -ldflags "$link -extldflags '-Wl,-z,relro,-z,now'" -o dist/linux/lessonguard .
	CGO_ENABLED=0 go build "${flags[@]}" -ldflags "$link" -o dist/linux/lessonguardd ./filter/lessonguardd
	local page
	for page in lessonguard.1 lessonguardd.8; do
		gzip -9nc "packaging/man/$page" >"dist/linux/$page.gz"
	done
	packaging/licences.sh | gzip -9n >dist/linux/licences.gz
	gzip -9n >dist/linux/changelog.gz <<-END
		lessonguard (${VERSION/-/\~}) unstable; urgency=medium

		  * What has changed is told by the history of the source, up to commit
		    $(git rev-parse HEAD 2>/dev/null || echo "of version $VERSION").

		 -- $MAINTAINER  $(LC_ALL=C date -uRd "@$SOURCE_DATE_EPOCH")
	END
}

# packaged builds a package of one kind.
packaged() {
	linux
	tool nfpm github.com/goreleaser/nfpm/v2/cmd/nfpm
	(cd packaging && ../bin/nfpm package --config nfpm.yaml --packager "$1" --target ../dist/)
}

windows() {
	local missing=
	for command in makensis x86_64-w64-mingw32-gcc; do type -P $command >/dev/null || missing="$missing $command"; done
	[ -z "$missing" ] || { echo "the Windows installer needs$missing: apt-get install nsis gcc-mingw-w64-x86-64" >&2; exit 1; }
	tool go-winres github.com/tc-hib/go-winres
	mkdir -p dist/windows
	local number=${VERSION%%[-+~]*}.0
	# The icon and the version of each program, which the go command links by the file's name.
	trap 'rm -f rsrc_windows_amd64.syso filter/lessonguardd/rsrc_windows_amd64.syso' EXIT
	bin/go-winres simply --arch amd64 --icon assets/icons/icon.png --manifest gui --product-name Lessonguard \
		--product-version "$VERSION" --file-version "$number" --file-description Lessonguard --out rsrc
	bin/go-winres simply --arch amd64 --icon assets/icons/icon.png --manifest cli --product-name Lessonguard \
		--product-version "$VERSION" --file-version "$number" --file-description "Lessonguard filter" --out filter/lessonguardd/rsrc
	GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc \
		go build "${flags[@]}" -ldflags "$link -H=windowsgui" -o dist/windows/lessonguard.exe .
	GOOS=windows GOARCH=amd64 CGO_ENABLED=0 \
		go build "${flags[@]}" -ldflags "$link" -o dist/windows/lessonguardd.exe ./filter/lessonguardd
	GOOS=windows packaging/licences.sh >dist/windows/licences.txt
	makensis -V2 -NOCD "-DVERSION=$VERSION" "-DNUMBER=$number" packaging/windows/lessonguard.nsi
	echo "created package: dist/lessonguard-$VERSION-setup.exe"
}

[ $# -gt 0 ] || { sed -n '2,/^set/ s/^# \{0,1\}//p' "$0"; exit 2; }
for kind in "$@"; do
	case $kind in
	deb | rpm) packaged "$kind" ;;
	windows) windows ;;
	*) echo "packaging/package.sh builds deb, rpm or windows, not $kind" >&2; exit 2 ;;
	esac
done
