"""What the reading process takes from itself before it touches a file.

Processor time, memory and open files are limited where the system can (not on Windows). Writing,
starting programs and reaching the network are refused twice: by the interpreter for whatever is
written in Python, and by Landlock, on Linux, for everything else in the process as well.
"""

from __future__ import annotations

import ctypes
import os
import sys
from math import ceil
from pathlib import Path

from rag.config import Readers

_OPEN_FILES = 64
_LEAST_MEMORY_MB = 320
_MEMORY_PER_BYTE = 32  # parsed XML takes up to twenty times its size
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REFUSED = frozenset({
    "socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "subprocess.Popen",
    "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.remove", "os.rename",
    "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
    "os.kill", "shutil.rmtree", "shutil.move",
})  # fmt: skip
# Landlock's calls have the same numbers on every processor.
_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_NO_NEW_PRIVILEGES = 38
_FS_RIGHTS = {1: 0x1FFF & ~0b1100, 2: 0x3FFF & ~0b1100, 3: 0x7FFF & ~0b1100}  # but reading
_NET_RIGHTS = 0b11  # bind and connect by TCP
_NET_SINCE = 4


def shut_in() -> None:
    """Give up, for good, what a reader never needs; called once the process has its streams."""
    sys.addaudithook(_refuse)
    _landlock()
    if sys.platform != "win32":
        import resource

        for what, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
            resource.setrlimit(what, (most, most))
        _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)


def allow(limits: Readers, *, file_bytes: int) -> None:
    """Set the processor time and memory that the next file may take."""
    if sys.platform == "win32":
        return
    import resource

    used = ceil(sum(os.times()[:2]))
    _lower(resource.RLIMIT_CPU, used + ceil(limits.max_seconds))
    wanted = _LEAST_MEMORY_MB * 1_000_000 + _MEMORY_PER_BYTE * file_bytes
    _lower(resource.RLIMIT_AS, _mapped() + min(wanted, limits.max_memory_mb * 1_000_000))


def peak_mb() -> int:
    """Most memory that the process has held so far; 0 where the system does not tell."""
    # Not ru_maxrss: that counts what the process held that started this one.
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    line = next((row for row in status.splitlines() if row.startswith("VmHWM:")), "VmHWM: 0")
    return int(line.split()[1]) // 1000


def _mapped() -> int:
    """Bytes of address space in use; a guess where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 400_000_000
    return pages * os.sysconf("SC_PAGE_SIZE")


def _lower(what: int, soft: int) -> None:
    import resource

    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    flags = arguments[2] if event == "open" and len(arguments) > 2 else 0
    if event in _REFUSED or (isinstance(flags, int) and flags & _WRITING):
        raise PermissionError(f"a reader may not do this: {event}")


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64))


def _landlock() -> None:
    """Refuse writing, running and TCP to the whole process, where the kernel can (since 5.13)."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return
    rights = _Ruleset(_FS_RIGHTS[min(version, 3)], _NET_RIGHTS if version >= _NET_SINCE else 0)
    size = ctypes.sizeof(rights) if version >= _NET_SINCE else 8
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(rights), size, 0)
    if ruleset >= 0:
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        libc.syscall(_RESTRICT_SELF, ruleset, 0)
        os.close(ruleset)
