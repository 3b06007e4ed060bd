#!/usr/bin/env bash
# Holds a running server to its description: starts one on an empty store, lints
# /v1/openapi.json, and sends it requests that are made from it, good and bad.
# What it needs (Python with venv, npm) it fetches into .bin/contract, once.
#
#     internal/api/contract/run.sh [EXAMPLES_PER_OPERATION]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

examples="${1:-100}"
here="$PWD/internal/api/contract"
tools="$PWD/.bin/contract"
schemathesis_version=4.32.5
redocly_version=2.77.0

for tool in python3 npm git; do
	command -v "$tool" >/dev/null || { echo "contract skipped: $tool is not installed"; exit 0; }
done
mkdir -p "$tools"
if [[ ! -e "$tools/schemathesis-$schemathesis_version" ]]; then
	python3 -m venv "$tools/venv"
	"$tools/venv/bin/pip" --quiet --disable-pip-version-check install "schemathesis==$schemathesis_version"
	touch "$tools/schemathesis-$schemathesis_version"
fi
if [[ ! -e "$tools/redocly-$redocly_version" ]]; then
	npm --silent --prefix "$tools" install "@redocly/cli@$redocly_version"
	touch "$tools/redocly-$redocly_version"
fi

work="$(mktemp -d)"
server=
ended() {
	if [[ -n "$server" ]]; then
		kill "$server" 2>/dev/null || true
		wait "$server" 2>/dev/null || true
	fi
	rm -rf "$work"
}
trap ended EXIT
CGO_ENABLED=0 go build -o "$work/slipway" ./cmd/slipway
export SLIPWAY_DATA="$work/data"

cp -r examples "$work/repo"
git -C "$work/repo" init --quiet --initial-branch=main
git -C "$work/repo" add --all
git -C "$work/repo" -c user.name=Ana -c user.email=ana@example.com commit --quiet --message "Five workflows"
"$work/slipway" env add production --repo "$work/repo" >/dev/null
for _ in 1 2; do "$work/slipway" sync production >/dev/null 2>&1; done

"$work/slipway" serve --listen 127.0.0.1:0 --allow-local-repositories yes --failed-sign-ins 1000000 >"$work/out" 2>"$work/log" &
server=$!
until grep -q '^serving on' "$work/out"; do
	kill -0 "$server" || { cat "$work/out" "$work/log"; exit 1; }
	sleep 0.1
done
url="$(sed -n 's/^serving on //p' "$work/out")"
token="$("$work/slipway" token create contract --role admin 2>/dev/null)"

curl --silent --fail "$url/v1/openapi.json" >"$work/openapi.json"
"$tools/node_modules/.bin/redocly" lint --extends recommended "$work/openapi.json" 2>&1 | grep -E 'valid|warning|error' | grep -v -i node

# Revoking is left out: it would revoke the token that is used here.
cd "$work"
"$tools/venv/bin/schemathesis" --config-file "$here/schemathesis.toml" run "$url/v1/openapi.json" --url "$url" \
	--header "Authorization: Bearer $token" --exclude-operation-id revoke-token \
	--max-examples "$examples" --workers 1 --no-color >"$work/fuzz" 2>&1 || { cat "$work/fuzz"; echo "the server's log:"; grep -v level=INFO "$work/log" | tail -20; exit 1; }
sed -n '/SUMMARY/,$p' "$work/fuzz"
