# Shared by the set-up scripts: where things go, and how a failure reads. Sourced, not run.
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
deps="${SOSIA_DEPS:-$root/.deps}"

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

say() {
    echo "${0##*/}: $*" >&2
}

# digest FILE: its SHA-256 in hexadecimal.
digest() {
    if command -v sha256sum > /dev/null; then
        sha256sum "$1" | cut -d' ' -f1
    else
        shasum -a 256 "$1" | cut -d' ' -f1
    fi
}

# environment NAME LIST: a virtual environment $deps/NAME with exactly what LIST names, made anew when LIST changed.
environment() {
    local folder="$deps/$1" list="$2"
    cmp -s "$list" "$folder/.requirements" && return
    say "installing $list"
    rm -rf "$folder"
    mkdir -p "$deps"
    python3 -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-deps \
        --require-hashes --requirement "$list" > "$deps/pip.log" 2>&1 \
        || fail "cannot install $list; check the network connection (pip's own words: $deps/pip.log)"
    cp "$list" "$folder/.requirements"
}

# fetch_wheel REQUIREMENT SHA256 FOLDER [PIP OPTION...]: one wheel, its bytes checked; prints the file's path.
fetch_wheel() {
    local requirement="$1" expected="$2" folder="$3" wheel got
    shift 3
    "$deps/python/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --dest "$folder" "$@" "$requirement" > "$deps/pip.log" 2>&1 \
        || fail "cannot download $requirement; check the network connection (pip's own words: $deps/pip.log)"
    wheel="$(echo "$folder"/*.whl)"
    got="$(digest "$wheel")"
    [[ "$got" == "$expected" ]] \
        || fail "the wheel of $requirement has sha256 $got, expected $expected; it was not installed"
    echo "$wheel"
}

# unpack WHEEL FOLDER PATTERN...: the wheel's files whose names match, without their folders.
unpack() {
    "$deps/python/bin/python" - "$@" << 'PYTHON' || fail "cannot unpack $1; is the disk full?"
import fnmatch, pathlib, shutil, sys, zipfile

wheel, folder, *patterns = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for pattern in patterns:
        names = fnmatch.filter(archive.namelist(), pattern)
        if not names:
            sys.exit(f"{pattern} is not in the wheel")
        for name in names:
            target = pathlib.Path(folder, pathlib.PurePosixPath(name).name)
            with archive.open(name) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)
PYTHON
}
