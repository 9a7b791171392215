"""One whole visit through the real window by real input events, leaving its pictures and its proofs.

Steps, in DIR: screens/*.png · receipt.bin · receipt.png · document.pdf · case.json (as the office opened it) ·
summary.json. Exit 0 only if everything in the summary is true.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from kiosk.config import ConfigError, load
from roles.demo_proof import Proof, collect
from roles.demo_visit import Album, Resident
from roles.display import Hand, ScreenError, VirtualScreen
from roles.private_config import write_private_config
from roles.probe_client import Visitor
from roles.processes import ROOT, free_port
from roles.stack import Places, Stack

SERVICE = "ZT-RS-001"  # residents' pension insurance: a card, two answers, one paper, a signature
LANDSCAPE, PORTRAIT = (1920, 1080), (1080, 1920)
KEPT = ("screens", "receipt.bin", "receipt.png", "document.pdf", "case.json", "summary.json")


def main(arguments: list[str]) -> int:
    """Do the visit and write the summary."""
    parser = argparse.ArgumentParser(prog="run.py demo", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for pictures and proofs")
    parser.add_argument(
        "--config", type=Path, default=ROOT / "kiosk.toml", help="the kiosk.toml to take the kiosk from"
    )
    parser.add_argument("--landscape", action="store_true", help="1920x1080 instead of 1080x1920")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    options = parser.parse_args(arguments)
    out: Path = options.out
    _clear(out)
    try:
        with tempfile.TemporaryDirectory(prefix="budayang-demo-") as folder:
            summary = _demo(options, out, Path(folder))
    except (ConfigError, ScreenError) as fault:
        print(f"demo: {fault}", file=sys.stderr)
        return 1
    (out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", "utf-8")
    print(json.dumps(summary, ensure_ascii=False, indent=2))
    return 0 if summary["delivered"] and not summary["errors"] else 1


def _clear(out: Path) -> None:
    """Remove what an earlier demo left in `out`, and nothing else."""
    out.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        path = out / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    (out / "screens").mkdir()


def _demo(options: argparse.Namespace, out: Path, folder: Path) -> dict[str, object]:
    load(options.config)  # what is wrong in it is said of this file, not of the copy
    width, height = LANDSCAPE if options.landscape else PORTRAIT
    config = write_private_config(options.config, folder, {"screen": {"width": width, "height": height}})
    began = time.monotonic()
    with VirtualScreen(width, height) as screen:
        stack = Stack(Places(config, folder, free_port(), free_port(), screen.name))
        proof = Proof()
        hand = Hand(screen.name)
        try:
            stack.start()
            visitor = Visitor(stack.places.probe, hand)
            resident = Resident(visitor, stack.places, Album(visitor, out / "screens"), stack.config.kiosk.catalogue)
            proof.visit_seconds = round(resident.walk(SERVICE, options.language), 1)
            collect(proof, stack, out)
        except (TimeoutError, OSError) as fault:
            proof.errors.append(str(fault))
            hand.picture().save(out / "screens" / "99-stopped-here.png")
            _say_last_words(stack)
        finally:
            hand.close()
            stack.stop()
    proof.screens = sorted(path.name for path in (out / "screens").glob("*.png"))
    print(f"demo: {time.monotonic() - began:.0f} s in all", file=sys.stderr)
    return proof.summary()


def _say_last_words(stack: Stack) -> None:
    """Say on the terminal what each part said last: the visit stopped, and the reader must find out why."""
    for role, child in stack.children.items():
        print(f"---- {role}\n{child.last_words()}", file=sys.stderr)
