#!/usr/bin/env bash
# Runs a folder of picture files, however odd, and prints how many are refused wrongly, come with wrong pixels, or lack
# facts, beside Pillow, ImageMagick and exiftool.
#
#   SOSIA=.build/release/sosia scripts/field.sh FOLDER [--list] [--keep FOLDER]
#
# --list names every file that counts against Sosia; --keep leaves both pictures of those with wrong pixels there. Suites
# worth running: those of Pillow, libvips, image-rs, exif-samples, metadata-extractor, libavif, bmpsuite and rasterio.
# Files are copied, and read by programs that were not made for hostile input: use files that you trust.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(dirname "$here")"

"$root/scripts/setup/system.sh" imagemagick libimage-exiftool-perl
"$root/scripts/setup/python.sh" --tests
SOSIA="$(realpath "${SOSIA:-$root/.build/release/sosia}")"
export SOSIA
exec "$root/.deps/python/bin/python" "$here/field/field.py" "$@"
