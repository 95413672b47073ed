"""The pictures that all test modules share, and a server for each."""
import atexit

from browser import PageTestCase
from server import Pictures, Server

_shared = {}


def pictures():
    if "pictures" not in _shared:
        _shared["pictures"] = Pictures()
        atexit.register(_shared["pictures"].close)
    return _shared["pictures"]


def share(name, value):
    """Keeps something for all modules."""
    _shared[name] = value


def shared(name):
    return _shared[name]


def start_module():
    """A module begins with a server of its own, so that what the one adds is not in the other's way."""
    _shared["server"] = Server("--root", pictures().collections, "--allow-urls").__enter__()
    PageTestCase.address = _shared["server"].address


def end_module():
    _shared.pop("server").__exit__()
