#!/usr/bin/env bash
# Everything that building and running needs; quick and without the network when nothing is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

./system.sh
./openvino.sh
./weights.sh
