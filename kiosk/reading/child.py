"""The reading child: a process of its own, since a model can crash, hang or eat all memory and no visit may care.

One decision: once the models are loaded it takes from itself what it needs no more. It can open neither file nor socket
(``RLIMIT_NOFILE`` 0: what is open stays open), so nothing of a page gets to a disk or a network, whatever a library
tries; it dumps no core; it has a limit on its memory of its own; and it runs behind everything else (nice 10).
"""

import os
import resource
import signal
from multiprocessing.connection import Connection
from pathlib import Path

from kiosk.memory import sweep
from kiosk.reading.protocol import FAULT, READY, ChildSettings, PageMemory

NICE = 10


def run(connection: Connection, memory: PageMemory, settings: ChildSettings) -> None:
    """Read pages for the kiosk at the other end of `connection` until it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (settings.data_bytes, settings.data_bytes))
    try:
        _serve(connection, memory, settings)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the kiosk is gone
    except Exception as error:  # noqa: BLE001 - whatever a library throws, told by its name alone: its text may quote the page (promise 2)
        connection.send_bytes(FAULT + type(error).__name__.encode())


def _serve(connection: Connection, memory: PageMemory, settings: ChildSettings) -> None:
    from kiosk.reading.engine import Engine  # noqa: PLC0415 - loads the models' library, the child's alone

    engine = Engine(Path(settings.models), settings.threads)
    engine.warm_up()
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    connection.send_bytes(READY)
    while True:
        letter = connection.recv_bytes()
        connection.send_bytes(memory.put_answer(engine.read(memory.page(letter))))
        sweep()  # the answer is out; nobody waits
