"""What a resident came for: to hand something in, to have an agent do it, to hear how it stands, to add a paper."""

from enum import StrEnum


class Purpose(StrEnum):
    """What a visit is for. The values are the contract's (`sync.contract.CaseDocument.purpose`), but for PROGRESS."""

    DECLARE = "declare"
    AGENT = "agent"
    SUPPLEMENT = "supplement"
    PROGRESS = "progress"  # nothing is handed in
