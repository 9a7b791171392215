"""Fictional cards for the simulated reader, and the encoder of their text blocks.

Nobody here exists. The citizen numbers carry region code 320599 (or 810000, 910000), which no county has, and a right
check digit, so that they can be nobody's. Names were chosen for what they ask of screens, fonts and printers.
"""

import random
from dataclasses import dataclass, replace

_WLT_HEADER = bytes.fromhex("574C66007E00320000FF85005151513E")

_PERSON = {
    "name": (0, 30),
    "sex": (30, 2),
    "nation": (32, 4),
    "birth": (36, 16),
    "address": (52, 70),
    "number": (122, 36),
    "authority": (158, 30),
    "valid_from": (188, 16),
    "valid_until": (204, 16),
}
_PLACES: dict[str, dict[str, tuple[int, int]]] = {
    " ": _PERSON,
    "J": _PERSON | {"permit_number": (220, 18), "issue_count": (238, 4)},
    "I": {
        "name_en": (0, 120),
        "sex": (120, 2),
        "number": (122, 30),
        "nationality": (152, 6),
        "name": (158, 30),
        "valid_from": (188, 16),
        "valid_until": (204, 16),
        "birth": (220, 16),
        "card_version": (236, 4),
        "authority": (240, 8),
    },
    "Y": {
        "name": (0, 30),
        "sex": (30, 2),
        "issue_count": (32, 4),
        "birth": (36, 16),
        "name_en": (52, 70),
        "number": (122, 36),
        "valid_from": (188, 16),
        "valid_until": (204, 16),
        "name_en_rest": (220, 22),
        "nationality": (242, 6),
    },
}
"""Flag -> field -> (offset, length) in bytes, as the layouts of the four cards have them."""
_FLAG_AT = 248
_TEXT_SIZE = 256
_PHOTO_SIZE = 1024
_NAME_EN_FIRST = 35  # characters of the Latin name in its first piece on the card of 2023


@dataclass(frozen=True, slots=True)
class Specimen:
    """One fictional card. `document` holds its fields as plain strings, exactly as they stand on the card.

    Attributes:
        key: what `put_card` calls it.
        flag: " " resident, "J" Hong Kong, Macau, Taiwan, "I" foreigner 2017, "Y" foreigner 2023.
        document: name, sex, birth (YYYYMMDD), number ...
        additional_address: what 30 03 answers; None: the card has none.
    """

    key: str
    flag: str
    document: dict[str, str]
    additional_address: str | None = None

    def text_block(self) -> bytes:
        """Return the 256 bytes of text, UTF-16LE, padded with spaces."""
        fields = dict(self.document)
        if self.flag == "Y":
            name = fields["name_en"]
            fields["name_en"], fields["name_en_rest"] = name[:_NAME_EN_FIRST], name[_NAME_EN_FIRST:]
        block = bytearray(" ".encode("utf-16-le") * (_TEXT_SIZE // 2))
        for field, (offset, length) in _PLACES[self.flag].items():
            raw = fields.get(field, "").encode("utf-16-le", "surrogatepass")
            if len(raw) > length:
                raise ValueError(f"specimen {self.key}: {field} takes {len(raw)} bytes, the card has {length}")
            block[offset : offset + len(raw)] = raw
        block[_FLAG_AT : _FLAG_AT + 2] = self.flag.encode("utf-16-le")
        return bytes(block)

    def photo(self) -> bytes:
        """Return 1024 bytes with the header of a WLT picture; the rest is noise, the same for each specimen always."""
        noise = random.Random(self.key)  # noqa: S311 - reproducible, nothing to guess
        return _WLT_HEADER + noise.randbytes(_PHOTO_SIZE - len(_WLT_HEADER))

    def payload(self, fingerprints: int | None = None) -> bytes:
        """Return the DATA of an answer to 30 01: lengths 256 and 1024, text block, photo.

        With `fingerprints`, 0, 512 or 1024 bytes: of an answer to 30 10, which has their length and them too.
        """
        card = self.text_block() + self.photo()
        if fingerprints is None:
            return bytes.fromhex("01000400") + card
        noise = random.Random(f"{self.key} finger").randbytes(fingerprints)  # noqa: S311 - as above
        return bytes.fromhex("01000400") + fingerprints.to_bytes(2, "big") + card + noise


def citizen_number(seventeen: str) -> str:
    """Return the 18 characters of a citizen number from its first 17 (GB 11643, ISO 7064 MOD 11-2)."""
    remainder = 0
    for digit in seventeen:  # the same check as in the drivers, computed the other way round: no shared mistake
        remainder = (remainder + int(digit)) * 2 % 11
    return seventeen + "0123456789X"[(12 - remainder) % 11]


def _resident(key: str, name: str, sex: str, seventeen: str, valid: tuple[str, str], **more: str) -> Specimen:
    document = {
        "name": name,
        "sex": sex,
        "nation": "01",
        "birth": seventeen[6:14],
        "address": "江苏省常熟市望潮镇拂水村七组12号",
        "number": citizen_number(seventeen),
        "authority": "常熟市公安局望潮分局",
        "valid_from": valid[0],
        "valid_until": valid[1],
    }
    return Specimen(key, " ", document | more)


_HONG_KONG = Specimen(
    "hong_kong",
    "J",
    {
        "name": "陈嘉欣",
        "sex": "2",
        "birth": "19900808",
        "address": "江苏省常熟市望潮镇听松路88号3幢501室",
        "number": citizen_number("81000019900808002"),
        "authority": "常熟市公安局",
        "valid_from": "20230301",
        "valid_until": "20280301",
        "permit_number": "H00000000",
        "issue_count": "01",
    },
)
_FOREIGNER_2017 = Specimen(
    "foreigner_2017",
    "I",
    {
        "name": "史安然",
        "name_en": "EXAMPLE, ANNA MARIE",
        "sex": "2",
        "number": "USA320000000019",
        "nationality": "USA",
        "valid_from": "20190612",
        "valid_until": "20290612",
        "birth": "19820228",
        "card_version": "01",
        "authority": "3200",
    },
)
_FOREIGNER_2023 = Specimen(
    "foreigner_2023",
    "Y",
    {
        "name": "穆斯特曼",
        "name_en": "MUSTERMANN-BEISPIEL, MAXIMILIAN THEODOR ERNST",
        "sex": "1",
        "issue_count": "02",
        "birth": "19750520",
        "number": citizen_number("91000019750520001"),
        "valid_from": "20240105",
        "valid_until": "20340105",
        "nationality": "276",
    },
)

_ALL = (
    replace(
        _resident("wang", "王小明", "1", "32059919850712001", ("20180601", "20380601")),
        additional_address="江苏省常熟市望潮镇听松路16号2幢302室",
    ),
    _resident("li", "李秀兰", "2", "32059919540228002", ("20150310", "长期")),
    _resident("rare_a", "陈㛃", "2", "32059919930405002", ("20200901", "20400901")),
    _resident("rare_plane_2", "刘𬭎", "1", "32059919781120003", ("20161201", "20361201")),
    _resident(
        "longest", "阿卜杜热合曼·麦麦提图尔荪尼亚", "1", "32059919881015005", ("20210818", "20410818"), nation="05"
    ),
    _resident("private_use", "张\ue863", "1", "32059919690117007", ("20140710", "20340710")),
    _resident("minor", "周小满", "2", "32059920150521004", ("20230521", "20280521")),
    _HONG_KONG,
    _FOREIGNER_2017,
    _FOREIGNER_2023,
)

SPECIMENS: dict[str, Specimen] = {specimen.key: specimen for specimen in _ALL}
"""The cards by key, all fictional."""
