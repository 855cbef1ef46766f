"""A session on a Spark cluster: what it needs is looked for first, so that what is missing is told in one line and at once.

Spark's own settings (memory, cores, encryption) are the user's, in `spark-defaults.conf`; its log goes nowhere but for errors.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kstep.model import InputError, one_line
from kstep.model.folders import cache_folder

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ANSWERS_WITHIN = 10
"""Seconds in which a master answers."""

PORT = 7077
"""Where a standalone master listens if its URL does not say."""

KSTEP_BROKEN = "an error of kstep itself"
"""How the message begins that tells of an error on a worker that is nobody's but ours."""

_ERROR = re.compile(r"^(?:: |Caused by: )?([\w.$]*(?:Error|Exception): .+)$", re.MULTILINE)

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_MASTERS = re.compile(r"spark://.+|k8s://.+|yarn|local(\[.+\])?")


def check_cluster(master: str) -> str:
    """The master, if a session can be begun with it: Spark and Java are here, and it answers. Raises `InputError` otherwise."""
    if not _MASTERS.fullmatch(master):
        raise InputError(f"{master!r} is not a Spark master", where="--master", mend="write one like spark://HOST:7077")
    if not all(find_spec(module) for module in ("pyspark", "pyarrow", "pandas")):
        raise InputError("needs PySpark", where="--engine spark", mend="pip install 'kstep[spark]'")
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=str(Path(home, "bin")) if home else None) is None:
        missing = f"JAVA_HOME={home} holds no Java" if home else "there is no Java"
        raise InputError(missing, where="--engine spark", mend="install Java 17 or newer, or let JAVA_HOME name it")
    addresses = _addresses(master)
    if addresses and not any(_answers(*address) for address in addresses):
        raise InputError("no Spark master answers there", where=master, mend="check --master, and that it runs")
    return master


def _addresses(master: str) -> list[tuple[str, int]]:
    """Hosts and ports of standalone masters, of which one leads; none of other masters."""
    if not master.startswith("spark://"):
        return []
    try:
        found = [urlsplit(f"spark://{address}") for address in master.removeprefix("spark://").split(",")]
        return [(address.hostname or "", address.port or PORT) for address in found]
    except ValueError:
        raise InputError(
            f"{master!r} names no host and port", where="--master", mend="write spark://HOST:7077"
        ) from None


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=ANSWERS_WITHIN).close()
    except OSError:
        return False
    return True


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """A session with a master that `check_cluster` let through, ended afterwards.

    Raises `InputError` if none can be begun, and for what the cluster could not do in it.
    """
    interrupted = signal.getsignal(signal.SIGINT)
    spark = _begun(master)
    try:
        with _failures_told(master):
            yield spark
    finally:
        spark.stop()
        signal.signal(signal.SIGINT, interrupted)


def _begun(master: str) -> SparkSession:
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    conf = SparkConf(loadDefaults=False).setAll(list(_settings(master).items()))
    try:
        context = SparkContext(conf=conf, gateway=_java())
        try:
            context.setLogLevel("ERROR")
            configured = context.getConf().get("spark.pyspark.python")
            context.pythonExec = configured or os.environ.get("PYSPARK_PYTHON") or sys.executable
            return SparkSession(context)
        except BaseException:
            context.stop()
            raise
    except (Py4JError, PySparkException):
        raise _refused(master) from None


def _refused(master: str) -> InputError:
    """The error of a master that has not answered for a minute, or sends a run away."""
    mend = "check that a Spark master of this version runs there"
    return InputError("took no application, or ended it", where=master, mend=mend)


def _settings(master: str) -> dict[str, str]:
    """What kstep asks of Spark."""
    settings = {
        "spark.master": master,
        "spark.app.name": "kstep screen",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.execution.arrow.localRelationThreshold": "0",  # or few people would be one task
    }
    if "KSTEP_CACHE" in os.environ:
        settings["spark.executorEnv.KSTEP_CACHE"] = str(cache_folder().absolute())
    hosts = {host for host, _ in _addresses(master)}
    if master.startswith("local") or (hosts and hosts <= _LOOPBACK):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    return settings


@functools.cache
def _java() -> Any:
    """The Java process of this one, begun once; it ends with it. What it writes is dropped."""
    from pyspark import java_gateway
    from pyspark.errors import PySparkException

    launch: Any = java_gateway.launch_gateway  # has no types
    try:
        return launch(None, {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL})
    except PySparkException:
        raise InputError("Java could not begin", where="--engine spark", mend="install Java 17 or newer") from None


@contextmanager
def _failures_told(master: str) -> Iterator[None]:
    """What the cluster could not do as an `InputError`, in the last error's words; errors of kstep as they are."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (Py4JError, PySparkException) as error:
        said = (_ERROR.findall(str(error)) or [type(error).__name__])[-1]
        if KSTEP_BROKEN in said:
            raise RuntimeError(said) from None
        if "stopped SparkContext" in str(error):
            raise _refused(master) from None
        mend = "its workers' logs say more"
        if "No module named" in said:
            mend = "install kstep[spark] for every worker's Python, which PYSPARK_PYTHON names"
        raise InputError(f"the cluster gave up ({one_line(said, 200)})", where=master, mend=mend) from None
