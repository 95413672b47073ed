#!/usr/bin/env bash
# Puts real photographs for the demonstration into .deps/photos: those of the scikit-image wheel and the nature pictures
# of the MATE desktop. Does nothing when they are there.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

sha256=24cc986e1f4187a12aa319f777b36008764e856e5013666a4a83f8df083c2641
target="$deps/photos"
[[ -f "$target/.complete" ]] && exit 0

"$root/scripts/setup/python.sh"
work="$(mktemp -d "$deps/.photos.XXXXXX")"
trap 'rm -rf "$work"' EXIT
mkdir "$work/photos"

say "downloading photographs (scikit-image, 15 MB)"
wheel="$(fetch_wheel scikit-image==0.25.2 "$sha256" "$work" \
    --python-version 3.11 --implementation cp --abi cp311 --platform manylinux_2_17_x86_64)"
unpack "$wheel" "$work/photos" "skimage/data/*.png" "skimage/data/*.jpg"
# Drawings and measurements are not photographs.
for name in chessboard_GRAY chessboard_RGB clock_motion color horse logo microaneurysms page phantom text; do
    rm -f "$work/photos/$name.png"
done

# More of them where the system's package manager has them; apt checks its signatures itself.
if command -v apt-get > /dev/null && command -v dpkg-deb > /dev/null; then
    say "downloading photographs (mate-backgrounds, 47 MB)"
    if (cd "$work" && apt-get download -qq mate-backgrounds > /dev/null 2>&1); then
        dpkg-deb --extract "$work"/mate-backgrounds_*.deb "$work/mate"
        cp "$work"/mate/usr/share/backgrounds/mate/nature/*.jpg "$work/photos"
    else
        say "the package mate-backgrounds is not to be had; going on without"
    fi
fi
touch "$work/photos/.complete"
rm -rf "$target"
mv "$work/photos" "$target"
