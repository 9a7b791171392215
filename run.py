"""One command line for every role of Budayang (不打烊), the kiosk that never closes."""

import importlib
import multiprocessing
import sys

ROLES = {
    "up": "everything on this machine: simulators, office, delivery, the kiosk's window, a control page",
    "kiosk": "the kiosk's window",
    "deliver": "hands what was accepted to the office",
    "enrol": "gives this kiosk its identity, with a one-time code of the office",
    "office": "the back office; `office code` and `office user` manage it",
    "simulate": "devices and lines that are not there, and their control page",
    "demo": "one whole visit through the real window, with pictures",
    "diagnose": "each device's health, and who must act",
    "calibrate": "the document camera's millimetres, lens and light, by a printed sheet",
    "technician": "who may open the technician's screens: add, remove, list, unlock",
    "check": "all that CI checks",
}


def usage() -> str:
    """Return the roles, one a line."""
    rows = "\n".join(f"  {name:<10} {what}" for name, what in ROLES.items())
    return f"usage: run.py ROLE [--help]\n\n{rows}"


def main(arguments: list[str]) -> int:
    """Run the named role and return its exit code."""
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(usage())
        return 0 if arguments else 2
    role, *rest = arguments
    if role not in ROLES:
        print(f"there is no role {role!r}\n\n{usage()}", file=sys.stderr)
        return 2
    code: int = importlib.import_module(f"roles.{role}").main(rest)
    return code


if __name__ == "__main__":
    multiprocessing.freeze_support()  # the camera's capture child is this program again, also in a PyInstaller folder
    sys.exit(main(sys.argv[1:]))
