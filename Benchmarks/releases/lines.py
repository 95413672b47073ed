"""Lines of Swift of a commit."""
import io
import subprocess
import tarfile

from material import ROOT

# A specification and its checks, which the product does not contain.
LEFT_OUT = "Sources/EngineConformance/"


def swift_lines(commit, repository=ROOT):
    """Lines of Swift below Sources."""
    archive = subprocess.run(
        ["git", "-C", repository, "archive", "--format=tar", commit, "Sources"], capture_output=True, timeout=60)
    if archive.returncode != 0:
        raise ValueError(f"{commit}: {archive.stderr.decode().strip()}")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        return sum(
            files.extractfile(file).read().count(b"\n") for file in files
            if file.isfile() and file.name.endswith(".swift") and not file.name.startswith(LEFT_OUT))


def rows(bench):
    if bench.options.lines:
        old, new = (swift_lines(commit) for commit in bench.options.lines)
        yield f"| lines of Swift in Sources, EngineConformance left out | {old:,} | {new:,} | {new - old:+,} lines | |"
