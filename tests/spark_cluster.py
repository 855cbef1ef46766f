"""A real standalone Spark cluster for tests: a master and workers of one core each, as processes of their own on loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

STARTS_WITHIN = 60
"""Seconds in which a process of the cluster says that it is there."""


class Daemon:
    """A process of the cluster, and what it has written."""

    def __init__(self, role: str, arguments: list[str], folder: Path, **environment: str) -> None:
        import pyspark

        home = Path(pyspark.__file__).parent
        command = [str(home / "bin/spark-class"), f"org.apache.spark.deploy.{role.lower()}.{role}", *arguments]
        alone = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(folder)}
        self.process = subprocess.Popen(
            command,
            env={**os.environ, **alone, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as written:
            for line in written:
                with self._more:
                    self.lines.append(line)
                    self._more.notify_all()

    def says(self, text: str, times: int = 1) -> None:
        """Wait until so many lines with this text were written."""

        def said() -> bool:
            return sum(text in line for line in self.lines) >= times

        with self._more:
            assert self._more.wait_for(said, STARTS_WITHIN), "".join(self.lines)

    def kill(self) -> list[int]:
        """End the process and all that descend from it, as a machine that loses its power would; who they were."""
        tree = [self.process.pid]
        for parent in tree:
            tree.extend(children_of(parent))
        for process in tree:
            os.kill(process, signal.SIGKILL)
        self.process.wait()
        self._reader.join()
        return tree


def children_of(parent: int) -> list[int]:
    """The processes that this one began."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return [int(process) for process in found.stdout.split()]


class Cluster:
    """A master, and workers that are ready; with an `environment` of their own, if it is given."""

    def __init__(self, folder: Path, workers: int = 2, **environment: str) -> None:
        self.folder = folder
        port = free_port()
        self.url = f"spark://127.0.0.1:{port}"
        self.master = Daemon(
            "Master", ["--host", "127.0.0.1", "--port", str(port), "--webui-port", str(free_port())], folder
        )
        self.workers: list[Daemon] = []
        try:
            self.master.says("I have been elected leader")
            for number in range(workers):
                arguments = ["--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", str(free_port())]
                arguments += ["--work-dir", str(folder / f"worker-{number}"), self.url]
                self.workers.append(Daemon("Worker", arguments, folder, **environment))
            for worker in self.workers:
                worker.says("Successfully registered with master")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End every process of the cluster that still runs."""
        for daemon in (*self.workers, self.master):
            if daemon.process.poll() is None:
                daemon.kill()

    def written(self) -> str:
        """All that the cluster's processes and executors have written to their logs."""
        logs = (log for log in self.folder.rglob("std*") if log.is_file())
        return "".join(
            ["".join(line for daemon in (self.master, *self.workers) for line in daemon.lines)]
            + [log.read_text(encoding="utf-8", errors="replace") for log in logs]
        )


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
