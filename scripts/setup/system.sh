#!/usr/bin/env bash
# Checks the toolchain and installs the Debian packages that are absent.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

command -v swift >/dev/null || fail "swift is missing; install Swift 6.3 from swift.org and put it on the PATH"
version=$(swift --version 2>&1 | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
[ "$(printf '6.3\n%s\n' "$version" | sort -V | head -n 1)" = 6.3 ] ||
    fail "Swift ${version:-of an unknown version} is installed, 6.3 or newer is needed; install it from swift.org"

# libjs-leaflet draws the page's map.
packages=(
    libvips42 libgdal libjs-leaflet libpng16-16 libcairo2 fonts-dejavu-core libarchive13 libturbojpeg0-dev
    libexif-dev libsqlite3-dev pkg-config python3 python3-venv "$@"
)
# Ubuntu 24.04 renamed some libraries when time_t grew; a package counts when it or its successor is installed.
installed() {
    { dpkg-query -W -f '${Status}\n' "$1" "$1t64" 2>/dev/null || true; } | grep -q '^install ok installed'
}

missing=()
for package in "${packages[@]}"; do
    # Python that brings venv itself, and what was installed another way, need no package.
    case $package in
    python3) command -v python3 >/dev/null && continue ;;
    python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null && continue ;;
    pkg-config) command -v pkg-config >/dev/null && continue ;;
    libgdal) PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep 'libgdal\.so' >/dev/null && continue ;;
    esac
    installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

command -v apt-get >/dev/null || fail "install these libraries by hand: ${missing[*]}"
root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "run as root, or install sudo: apt-get install ${missing[*]}"
    root=(sudo)
fi
echo "Installing ${missing[*]}"
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
# GDAL's package is called after its version: libgdal32 in Debian 12, libgdal34t64 in Ubuntu 24.04.
gdal() {
    apt-cache search --names-only '^libgdal[0-9]+(t64)?$' | cut -d ' ' -f 1 | sort -V | tail -n 1
}
for attempt in cached fresh; do
    if [ "$attempt" = fresh ]; then "${root[@]}" apt-get update -qq >"$log" 2>&1 || true; fi
    names=()
    for package in "${missing[@]}"; do
        [ "$package" = libgdal ] && package=$(gdal)
        names+=(${package:+"$package"})
    done
    if [ ${#names[@]} -lt ${#missing[@]} ]; then
        [ "$attempt" = cached ] && continue
        say "there is no package of GDAL here: rasters will not be read"
    fi
    if "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${names[@]}" >"$log" 2>&1; then
        rm -f "$log"
        exit 0
    fi
done
tail -n 5 "$log" >&2
fail "apt-get could not install ${missing[*]} (whole output in $log)"
