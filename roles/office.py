"""The back office: serve it, announce a kiosk (`code`), add a clerk (`user`), open a kiosk's export (`unseal`).

`run.py office --folder DIR` serves until it is told to stop. `run.py office code KIOSK SITE --folder DIR` prints the
one-time code that enrols that kiosk. `run.py office user NAME --folder DIR` reads a password from standard input.
`run.py office unseal FILE OUT --folder DIR` opens what a technician exported on a stick.
"""

import argparse
import getpass
import sys
from pathlib import Path

from kiosk.forms import load_forms
from office.app import serve
from office.desk.users import add_user
from office.enrolment import issue_code
from office.errors import OfficeError
from office.office import open_office
from office.settings import OfficeSettings
from roles.processes import ROOT
from sync.seal import SealError
from sync.sealed_file import open_file


def main(arguments: list[str]) -> int:
    """Do what the first word says; without one of the words, serve."""
    parser = argparse.ArgumentParser(prog="run.py office", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="keys, database and sealed papers; back this one up")
    word = arguments[0] if arguments else ""
    try:
        if word == "code":
            return _code(parser, arguments[1:])
        if word == "user":
            return _user(parser, arguments[1:])
        if word == "unseal":
            return _unseal(parser, arguments[1:])
        return _serve(parser, arguments)
    except (OfficeError, SealError) as fault:
        print(f"office: {fault}", file=sys.stderr)
        return 1


def _serve(parser: argparse.ArgumentParser, arguments: list[str]) -> int:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    options = parser.parse_args(arguments)
    settings = OfficeSettings(folder=options.folder, host=options.host, port=options.port)
    serve(settings, titles=load_forms(ROOT / "assets" / "forms"))
    return 0


def _code(parser: argparse.ArgumentParser, arguments: list[str]) -> int:
    parser.add_argument("kiosk", help="the kiosk's id, as in its kiosk.toml")
    parser.add_argument("site", help="the site it stands at")
    options = parser.parse_args(arguments)
    with open_office(OfficeSettings(folder=options.folder)) as office:
        print(issue_code(office, options.kiosk, options.site))
    return 0


def _user(parser: argparse.ArgumentParser, arguments: list[str]) -> int:
    parser.add_argument("name")
    parser.add_argument("--role", choices=("clerk", "admin"), default="clerk")
    options = parser.parse_args(arguments)
    password = getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    with open_office(OfficeSettings(folder=options.folder)) as office:
        add_user(office, options.name, password, options.role)
    return 0


def _unseal(parser: argparse.ArgumentParser, arguments: list[str]) -> int:
    parser.add_argument("file", type=Path, help="the sealed file")
    parser.add_argument("out", type=Path, help="where the zip goes; a file that is there is not replaced")
    options = parser.parse_args(arguments)
    with open_office(OfficeSettings(folder=options.folder)) as office:
        kiosk, plain = open_file(office.keys.opener, options.file.read_bytes())
    with options.out.open("xb") as file:
        file.write(plain)
    print(f"{options.out}: the export of kiosk {kiosk}")
    return 0
