#!/usr/bin/env bash
# Prints the licences of everything that the programs are made of, which have to come with them: each text once, under the
# names of the modules whose it is. Fails where a module brings none.
#   GOOS=linux packaging/licences.sh
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
texts=$(mktemp -d)
trap 'rm -rf "$texts"' EXIT

# take NAME FILE...: these files are NAME's
take() {
	local name=$1 file sum
	shift
	for file in "$@"; do
		sum=$(sha256sum <"$file" | cut -d' ' -f1)
		cp "$file" "$texts/$sum.text"
		chmod u+w "$texts/$sum.text"
		echo "$name" >>"$texts/$sum.names"
	done
}

modules=$(CGO_ENABLED=1 go list -deps -tags migrated_fynedo -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' . ./filter/lessonguardd)
while read -r path version dir; do
	# Not those of what a module is tested and made with.
	mapfile -t found < <(find "$dir" \( -iname '*licen[cs]e*' -o -iname 'copying*' -o -iname 'notice*' \) -type f -not -name '*.go' \
		-not -path '*/testdata/*' -not -path '*/.*/*' -not -path '*/cmd/*' | sort)
	[ ${#found[@]} -gt 0 ] || { echo "the module $path $version brings no licence: say in packaging/licences.sh which it has" >&2; exit 1; }
	take "$path $version" "${found[@]}"
done < <(sort -u <<<"$modules")
take "Go $(go env GOVERSION)" "$(go env GOROOT)/LICENSE"
take "Inter, the typeface" assets/fonts/OFL.txt

echo "Lessonguard is made of the following, under the licences that stand below their names."
# In the order of the first name each stands under.
for names in "$texts"/*.names; do printf '%s\t%s\n' "$(head -1 "$names")" "$names"; done | LC_ALL=C sort | cut -f2 | while read -r names; do
	printf '\n%s\n\n' "$(printf '=%.0s' {1..78})"
	LC_ALL=C sort -u "$names"
	echo
	tr -d '\r' <"${names%.names}.text"
done
