"""A warm start of the program: one process has imported everything and forks a child for each call.

The child has its own streams, environment, limits and exit, as `python -m centerdesk` has; only the second that
importing takes is saved, two hundred times. What must start cold asks for it (`Program(..., fresh=True)`).
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PATIENCE_S = 400
POSSIBLE = hasattr(os, "fork")


class WarmProgram:
    """The forking process, started at the first call and ended with the tests. One call at a time."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[bytes] | None = None

    def call(
        self, argv: Sequence[str], env: Mapping[str, str], cwd: Path, streams: Path, cap: int | None
    ) -> int:
        """Run `main()` with these arguments; its streams become `streams/out` and `streams/err`."""
        server = self._started(env)
        assert server.stdin is not None
        assert server.stdout is not None
        request = {"argv": [*argv], "env": {**env}, "cwd": str(cwd), "streams": str(streams), "cap": cap}
        server.stdin.write(json.dumps(request).encode() + b"\n")
        server.stdin.flush()
        if not select.select([server.stdout], [], [], PATIENCE_S)[0]:
            self.close()
            raise TimeoutError(f"no end after {PATIENCE_S} s")
        return int(server.stdout.readline())

    def _started(self, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        if self._server is None:
            self._server = subprocess.Popen(
                [sys.executable, str(Path(__file__))],
                env=dict(env),
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            atexit.register(self.close)
        return self._server

    def close(self) -> None:
        """End it; a child that hangs goes with it."""
        server, self._server = self._server, None
        if server is None:
            return
        assert server.stdin is not None
        assert server.stdout is not None
        with contextlib.suppress(OSError):
            server.stdin.close()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        server.stdout.close()


def _import_everything() -> None:
    """Modules only: nothing is opened, no thread is started, so that forking is safe."""
    import importlib

    for name in (
        "app.verbs.checkins", "app.verbs.doctor", "app.verbs.restore", "app.selftest", "app.verbs.station",
        "app.verbs.work", "app.watcher", "features.returns.api", "kernel.crash", "kernel.logs", "kernel.migrate",
        "kernel.reporting.gbt9704", "kernel.reporting.pdf", "kernel.reporting.xlsx",
    ):  # fmt: skip
        importlib.import_module(f"centerdesk.{name}")
    from centerdesk.app.features import manifests

    manifests().import_models()
    sys.path.insert(0, str(Path(__file__).parents[2]))
    importlib.import_module("tests.helpers.hashing").cheapen()
    del sys.path[0]


def _next_child() -> dict[str, Any] | None:
    """Serve until a request has to be carried out in this very process, the child; None at the end."""
    for line in sys.stdin.buffer:
        child = os.fork()
        if child == 0:
            return dict(json.loads(line))
        _pid, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
    return None


def _become(request: dict[str, Any]) -> None:
    """Environment, folder, limits and streams of the call."""
    for number, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, "out", os.O_WRONLY),
        (2, "err", os.O_WRONLY),
    ):
        path = Path(request["streams"]) / name
        descriptor = os.open(path, flags | (os.O_CREAT if number else 0), 0o600)
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    if request["cap"] is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (request["cap"], resource.RLIM_INFINITY))
    sys.argv = ["centerdesk", *request["argv"]]


if __name__ == "__main__":
    _import_everything()
    wanted = _next_child()
    if wanted is not None:
        _become(wanted)
        from centerdesk.__main__ import main

        sys.exit(main())
