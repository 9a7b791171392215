"""`make bench`: every figure, one JSON line each. `python -m bench NAME ...` measures those alone."""

import importlib
import sys

BENCHES = (
    "id_read",
    "card_to_screen",
    "apdu",
    "print_job",
    "search",
    "typing",
    "commit",
    "startup",
    "touch",
    "memory",
    "campaign",
    "paper_types",
    "loss",
    "idle",
    "faults",
    "ocr",
    "pdf",
    "scan_find",
    "scan_gate",
    "scan_page",
    "scan_swap",
)


def main(names: list[str]) -> int:
    """Measure and print."""
    if unknown := [name for name in names if name not in BENCHES]:
        print(f"there is no bench {unknown[0]!r}; there are: {' '.join(BENCHES)}", file=sys.stderr)
        return 2
    for name in names or BENCHES:
        for figure in importlib.import_module(f"bench.{name}").measure():
            print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
