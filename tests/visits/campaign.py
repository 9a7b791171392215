"""The kill campaign: kiosk, delivery and office die by SIGKILL, and the line between them is cut or hangs, at random
moments while residents come and go.

By hand, or for more than the test does: `python -m tests.visits.campaign --visits 200 --kills 60 --seed 7`.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

from drivers.sim.line import LineSimulator
from office.cases.opening import read_case
from office.enrolment import issue_code
from office.office import open_office
from office.settings import OfficeSettings
from roles.processes import ROOT, command, free_port, port_is_taken, wait_until
from sync.contract import sha256_hex
from sync.enrol import enrol
from tests.visits.visitor import Places

DRAIN_SECONDS = 300.0
LINE = "line"
MORTALS = ("kiosk", "kiosk", "deliver", "office", LINE)


@dataclass
class Fleet:
    """The three processes of one kiosk and its office, which can be killed and started again, and the line between."""

    places: Places
    config: Path
    shown: Path
    pause: float = 0.0
    served_port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @cached_property
    def wire(self) -> LineSimulator:
        """The line between kiosk and office, made when it is first needed."""
        return LineSimulator(self.places.office_port, ("127.0.0.1", self.served_port))

    def command_line(self, name: str) -> list[str]:
        """Return the command line of one process."""
        lines = {
            "office": command("office", "--folder", str(self.places.office), "--port", str(self.served_port)),
            "deliver": command("deliver", "--config", str(self.config)),
            "kiosk": [
                sys.executable,
                "-m",
                "tests.visits.kiosk_process",
                str(self.config),
                str(self.shown),
                str(self.pause),
            ],
        }
        return lines[name]

    def start(self, name: str) -> None:
        """Start one process; what it says goes into its log."""
        with (self.places.folder / f"{name}.out").open("ab") as output:
            self.processes[name] = subprocess.Popen(
                self.command_line(name), stdout=output, stderr=subprocess.STDOUT, cwd=ROOT, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """Kill one process as a power cut would."""
        process = self.processes.pop(name)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def must_live(self) -> None:
        """Raise RuntimeError, naming it, when a process has ended that nobody killed."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                said = (self.places.folder / f"{name}.out").read_text("utf-8", "replace")[-2000:]
                raise RuntimeError(f"{name} ended by itself:\n{said}")

    def strike(self, name: str, dice: random.Random) -> None:
        """Let one of `MORTALS` die: a process is killed and starts again, a line stays cut or hanging until `mend`."""
        if name == LINE:
            self.wire.do(dice.choice(["cut", "hang"]))
            return
        self.kill(name)
        self.start(name)

    def mend(self) -> None:
        """Let the line carry again."""
        self.wire.do("restore")

    def stop(self) -> None:
        """Kill what is left."""
        for name in list(self.processes):
            self.kill(name)
        self.wire.stop()

    def numbers(self) -> list[dict[str, object]]:
        """Return what was shown; a last line torn by a kill was not seen by anybody."""
        text = self.shown.read_text("utf-8") if self.shown.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def prepare(folder: Path, *, pause: float) -> Fleet:
    """Set up an office and an enrolled kiosk in `folder`, with the office running; `pause`: seconds between visits."""
    fleet = arrange(folder, pause=pause)
    places = fleet.places
    with open_office(OfficeSettings(folder=places.office)) as office:
        code = issue_code(office, "ZT-K01", "ZT-S00")
    fleet.wire.start()
    fleet.start("office")
    wait_until("the office listens", lambda: port_is_taken(fleet.served_port), 90)
    enrol(f"http://127.0.0.1:{places.office_port}", code, folder / "kiosk/identity", kiosk_id="ZT-K01")
    return fleet


def arrange(folder: Path, *, pause: float) -> Fleet:
    """Give everything its place in `folder`; nothing runs yet."""
    places = Places(folder)
    return Fleet(places, places.write(devices=False), folder / "shown.jsonl", pause)


def campaign(fleet: Fleet, *, visits: int, kills: int, seed: int) -> Counter[str]:
    """Let residents come until `visits` numbers were shown and `kills` times something died; return what did."""
    dice = random.Random(seed)
    killed: Counter[str] = Counter()
    for name in ("deliver", "kiosk"):
        fleet.start(name)
    while sum(killed.values()) < kills or len(fleet.numbers()) < visits:
        time.sleep(dice.uniform(0.1, 1.4))  # the moment is the fault that is injected; nothing is waited for
        fleet.mend()
        if sum(killed.values()) < kills:
            name = dice.choice(MORTALS)
            fleet.strike(name, dice)
            killed[name] += 1
        fleet.must_live()
    fleet.mend()
    fleet.kill("kiosk")
    return killed


def drain(fleet: Fleet) -> None:
    """Start what is down and wait until the office has everything that was committed."""
    for name in ("office", "deliver"):
        if name in fleet.processes:
            fleet.kill(name)
        fleet.start(name)
    database = fleet.places.folder / "kiosk/outbox/outbox.sqlite3"

    def is_empty() -> bool:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            [waiting] = connection.execute(
                "SELECT count(*) FROM submission WHERE state NOT IN ('DELIVERED', 'PURGED')"
            ).fetchone()
        connection.close()
        return bool(waiting == 0)

    wait_until("everything is delivered", is_empty, DRAIN_SECONDS)
    fleet.stop()


def check(fleet: Fleet) -> list[str]:
    """Return what is wrong, from what residents saw and what the office has, and nothing else."""
    shown = fleet.numbers()
    faults: list[str] = []
    with open_office(OfficeSettings(folder=fleet.places.office)) as office:
        connection = sqlite3.connect(fleet.places.office / "office.sqlite")
        held = Counter(row[0] for row in connection.execute('SELECT receipt_number FROM "case"'))
        connection.close()
        for each in shown:
            number = str(each["number"])
            if held[number] != 1:
                faults.append(f"{number} is in the office {held[number]} times")
                continue
            case = read_case(office, "ZT", "ZT-K01", str(each["id"]))
            found = {name: sha256_hex(data) for name, data in case.attachments.items()}
            found["document"] = sha256_hex(case.document_bytes)
            if found != each["sha256"] or case.document.receipt_number != number:
                faults.append(f"{number} has other bytes than were handed in")
    if len({each["number"] for each in shown}) != len(shown):
        faults.append("a number was shown twice")
    return faults


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one campaign went: numbers shown, how often what died, and what is wrong (nothing, or it is a defect)."""

    seed: int
    shown: int
    killed: dict[str, int]
    faults: list[str]


def whole_campaign(*, visits: int, kills: int, seed: int, pause: float = 0.2) -> Outcome:
    """Run one campaign in a folder of its own and check it; `pause`: seconds between two visits."""
    with tempfile.TemporaryDirectory(prefix="budayang-campaign-") as folder:
        fleet = prepare(Path(folder), pause=pause)
        try:
            killed = campaign(fleet, visits=visits, kills=kills, seed=seed)
            drain(fleet)
        finally:
            fleet.stop()
        return Outcome(seed, len(fleet.numbers()), dict(killed), check(fleet))


def main() -> int:
    """Run one campaign and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=200)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=0.2, help="seconds between two visits")
    options = parser.parse_args()
    outcome = whole_campaign(visits=options.visits, kills=options.kills, seed=options.seed, pause=options.pause)
    sys.stdout.write(json.dumps(asdict(outcome)) + "\n")
    return 1 if outcome.faults or not outcome.shown else 0


if __name__ == "__main__":
    sys.exit(main())
