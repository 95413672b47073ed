#!/usr/bin/env bash
# Puts the inference runtime (OpenVINO, Apache-2.0) into .deps/openvino: the C interface, the processor plugin, the
# readers of ONNX and of the runtime's own format, and the thread library. Does nothing when it is there.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=2026.4.1
sha256=2d22b1da03f7caf74df30e9f6417d0ab2f637e4a38e08e1dcd294d2c37407aaf
target="$deps/openvino"
[[ -f "$target/.sha256" && "$(< "$target/.sha256")" == "$sha256" ]] && exit 0

system="$(uname -s)-$(uname -m)"
[[ "$system" == Linux-x86_64 ]] \
    || fail "no runtime is tested on $system; install OpenVINO 2026.4 and name its library folder in SOSIA_OPENVINO"
"$root/scripts/setup/python.sh"

work="$(mktemp -d "$deps/.openvino.XXXXXX")"
trap 'rm -rf "$work"' EXIT
say "downloading OpenVINO $version (59 MB)"
# The wheel of one fixed Python version: only its libraries are used, and they are the same in all of them.
wheel="$(fetch_wheel "openvino==$version" "$sha256" "$work" \
    --python-version 3.11 --implementation cp --abi cp311 --platform manylinux_2_28_x86_64)"
mkdir "$work/runtime"
libs=openvino/libs
unpack "$wheel" "$work/runtime" \
    "$libs/libopenvino.so.*" "$libs/libopenvino_c.so.*" "$libs/libopenvino_intel_cpu_plugin.so" \
    "$libs/libopenvino_onnx_frontend.so.*" "$libs/libopenvino_ir_frontend.so.*" \
    "$libs/libtbb.so.*" "$libs/libtbbmalloc.so.*" "$libs/libtbbbind_2_5.so.*" "$libs/libhwloc.so.*" \
    "openvino-*.dist-info/licenses/LICENSE" "openvino-*.dist-info/licenses/licensing/*"
echo "$sha256" > "$work/runtime/.sha256"
rm -rf "$target"
mv "$work/runtime" "$target"
