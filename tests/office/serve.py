"""Serves one office in a process of its own: `python -m tests.office.serve FOLDER PORT`, so that a test can kill it."""

import sys
from pathlib import Path

from office.app import serve
from office.settings import OfficeSettings

if __name__ == "__main__":
    serve(OfficeSettings(folder=Path(sys.argv[1]), port=int(sys.argv[2])))
