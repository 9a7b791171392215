"""Who the resident is: what the card said, to the character, or the citizen number that was typed.

One decision: nothing is corrected, completed or guessed. A name is exactly the card's; of somebody who typed a number
the kiosk knows the number, the birth and the sex it holds, and no name: a clerk asks for it.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from drivers.citizen_card_codec import CitizenCard
from drivers.identity import CardLayout, IdentityDocument
from kiosk.citizen_number import birth_of, citizen_number_fault, normal, sex_of
from kiosk.nations import NATIONS
from kiosk.words import Language
from sync.contract import Applicant

__all__ = ["Person", "citizen_number_fault"]

DocumentType = Literal["resident", "hk_macau_taiwan", "foreigner_2017", "foreigner_2023", "citizen_card", "typed"]
_TYPES: dict[CardLayout, DocumentType] = {
    CardLayout.RESIDENT: "resident",
    CardLayout.HK_MACAU_TAIWAN: "hk_macau_taiwan",
    CardLayout.FOREIGNER_2017: "foreigner_2017",
    CardLayout.FOREIGNER_2023: "foreigner_2023",
}
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_SEXES: dict[str, dict[Language, str]] = {
    "0": {"zh": "未知", "en": "Unknown"},
    "1": {"zh": "男", "en": "Male"},
    "2": {"zh": "女", "en": "Female"},
    "9": {"zh": "未说明", "en": "Not stated"},
}


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """One resident. `document_type` "typed" means that no card was read; what is not known is None.

    `sex` is of GB/T 2261.1 ("1" male, "2" female), `nation` of GB/T 3304 ("01" Han), `photo` 1024 bytes as on the card,
    `picture` an image file of it where a decoder is installed.
    """

    document_type: DocumentType
    number: str
    name: str | None = None
    name_en: str | None = None
    sex: str | None = None
    nation: str | None = None
    nationality: str | None = None
    birth: date | None = None
    address: str | None = None
    authority: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    long_term: bool = False
    photo: bytes = b""
    picture: bytes | None = None

    def __repr__(self) -> str:
        return f"<Person, {self.document_type}>"

    @classmethod
    def from_card(cls, document: IdentityDocument) -> "Person":
        """Return the person of a card that was read."""
        return cls(
            document_type=_TYPES[document.layout],
            number=document.number,
            name=document.name,
            name_en=document.name_en,
            sex=document.sex,
            nation=document.nation,
            nationality=document.nationality,
            birth=document.birth,
            address=document.address,
            authority=document.authority,
            valid_from=document.valid_from,
            valid_until=document.valid_until,
            long_term=document.long_term,
            photo=document.photo,
            picture=document.picture,
        )

    @classmethod
    def from_citizen_card(cls, card: CitizenCard) -> "Person":
        """Return the person of a citizen card: what it says, and no address, which it does not."""
        return cls(
            document_type="citizen_card",
            number=card.number,
            name=card.name,
            sex=card.sex,
            nation=card.nation,
            birth=card.birth,
            valid_from=card.valid_from,
            valid_until=card.valid_until,
        )

    @classmethod
    def typed(cls, text: str) -> "Person":
        """Return the person of a citizen number that was typed.

        Raises:
            ValueError: the number is not right (see `citizen_number_fault`); the message does not repeat it.
        """
        fault = citizen_number_fault(text)
        if fault is not None:
            raise ValueError(fault)
        number = normal(text)
        return cls("typed", number, sex=sex_of(number), birth=birth_of(number))

    @property
    def from_id_card(self) -> bool:
        """Whether an identity card was read, so that it need not be scanned."""
        return self.from_card_read and self.document_type != "citizen_card"

    @property
    def from_card_read(self) -> bool:
        """Whether any card was read."""
        return self.document_type != "typed"

    def sex_name(self, language: Language) -> str | None:
        """Return the sex in words; None where the card does not say."""
        return _SEXES[self.sex][language] if self.sex in _SEXES else None

    def nation_name(self) -> str | None:
        """Return the nation in Chinese as a card prints it; None where the card has none."""
        return NATIONS.get(self.nation) if self.nation is not None else None

    def expired(self, today: date) -> bool:
        """Tell whether the card is no longer valid on `today`."""
        return self.valid_until is not None and self.valid_until < today

    def applicant(self) -> Applicant:
        """Return what the case says of the applicant."""
        return Applicant(
            source="id_card" if self.from_id_card else "citizen_card" if self.from_card_read else "typed",
            document_type=self.document_type,
            number=self.number,
            name=sendable(self.name),
            name_en=sendable(self.name_en),
            sex=self.sex,
            nation=self.nation,
            nationality=self.nationality,
            birth=self.birth,
            address=sendable(self.address),
            authority=sendable(self.authority),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            long_term=self.long_term,
        )


def sendable(text: str | None) -> str | None:
    """Write half of a surrogate pair as its code, ``[U+D842]``: UTF-8 has no place for it.

    A card's field may be cut off in the middle of a character.
    """
    return None if text is None else _HALF_PAIR.sub(lambda half: f"[U+{ord(half[0]):04X}]", text)
