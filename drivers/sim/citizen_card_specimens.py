"""Fictional cards for the simulated citizen-card reader, and the encoder of their records.

Nobody here exists: the numbers carry region code 320599, which no county has. Cards differ in what cards differ in:
generation, record layout, how they want to be asked, and names that ask something of GB 18030.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from drivers.sim.citizen_card_program import CONTACTLESS_ATR, OtherCard, Program, SocialCard, StorageCard
from drivers.sim.specimens import citizen_number

_NAME_SIZE, _REST_SIZE = 30, 20
_RID = bytes.fromhex("D156000005")
_STORAGE_ATR = bytes.fromhex("3B8F8001804F0CA0000003060300010000 00006A")
_BANK = (bytes.fromhex("A000000333010101"), b"1PAY.SYS.DDF01")
_TRANSPORT = (bytes.fromhex("A000000632010105"), bytes.fromhex("A000000632010105215053555A484F55"))


@dataclass(frozen=True, slots=True)
class CitizenSpecimen:
    """One fictional social-security card. `traits` are fields of `SocialCard`; `rest` says that it has a record 4E."""

    key: str
    title: str
    name: str
    number: str
    card_number: str
    version: str = "3.00"
    rest: bool = True
    sex: str = "1"
    birth: str = ""
    valid: tuple[str, str] = ("20230517", "20330517")
    traits: dict[str, Any] = field(default_factory=dict)

    def files(self) -> dict[int, list[tuple[int, bytes]]]:
        """Return EF05 and EF06 in the order of their records (LD/T 32)."""
        name = self.name.encode("gb18030")
        if len(name) > _NAME_SIZE + (_REST_SIZE if self.rest else 0):
            raise ValueError(f"specimen {self.key}: the name does not fit the card")
        identifier = bytes.fromhex("320599") + _RID + self.card_number.encode()[-5:].ljust(8, b"\xff")
        holder = [
            (0x08, self.number.encode().ljust(18, b"\0")),
            (0x09, name[:_NAME_SIZE].ljust(_NAME_SIZE, b"\0")),
            (0x4E, name[_NAME_SIZE:].ljust(_REST_SIZE, b"\0")),
            (0x0A, self.sex.encode()),
            (0x0B, b"\x01"),
            (0x0C, b"\xff\xff\xff"),
            (0x0D, bytes.fromhex(self.birth or self.number[6:14])),
        ]
        return {
            0xEF05: [
                (0x01, identifier),
                (0x02, b"1"),
                (0x03, self.version.encode()),
                (0x04, bytes.fromhex("3305990000000000FFFFFFFF")),
                (0x05, bytes.fromhex(self.valid[0])),
                (0x06, bytes.fromhex(self.valid[1])),
                (0x07, self.card_number.encode().ljust(9, b"\0")),
            ],
            0xEF06: [record for record in holder if self.rest or record[0] != 0x4E],  # noqa: PLR2004 - the name's rest
        }

    def program(self) -> SocialCard:
        """Return the card, fresh."""
        return SocialCard(self.files(), **self.traits)


_PEOPLE = (
    CitizenSpecimen("wang", "王小明 · 三代 third generation", "王小明", citizen_number("32059919850712001"),
                    "A00000017"),
    CitizenSpecimen(
        "li", "李秀兰 · 一代 first generation", "李秀兰", citizen_number("32059919540228002"), "B0000002",
        version="1.00",
        rest=False, sex="2", valid=("20110308", "00000000"), traits={"waits": False, "by_tag": False, "form": 0},
    ),
    CitizenSpecimen(
        "rare_plane_2", "刘𬭎 · 四字节字 rare character", "刘𬭎", citizen_number("32059919781120003"), "A00000033",
        version="2.00", traits={"form": 2},
    ),
    CitizenSpecimen(
        "split_name", "阿卜杜热合曼·麦麦提图尔荪尼𬭎亚 · 分开的名字 name in two records",
        "阿卜杜热合曼·麦麦提图尔荪尼𬭎亚", citizen_number("32059919881015005"), "A00000049", traits={"exact": False},
    ),
    CitizenSpecimen(
        "old_number", "周守仁 · 十五位号码 15 digits", "周守仁", "320599490315001", "C0000005", version="1.00",
        rest=False, birth="19490315", traits={"by_tag": False},
    ),
    CitizenSpecimen(
        "contactless", "赵一帆 · 非接触 contactless", "赵一帆", citizen_number("32059919930405002"), "A00000065",
        sex="2",
        traits={"waits": False, "exact": False, "atr": CONTACTLESS_ATR},
    ),
    CitizenSpecimen(
        "pin", "孙和 · 要密码 wants a PIN", "孙和", citizen_number("32059919690117007"), "A00000071",
        traits={"asks_pin": True},
    ),
    CitizenSpecimen(
        "locked", "钱多 · 已锁 locked", "钱多", citizen_number("32059919690117015"), "A00000087",
        traits={"locked": 0x9303},
    ),
)  # fmt: skip
SPECIMENS: dict[str, CitizenSpecimen] = {specimen.key: specimen for specimen in _PEOPLE}
"""The social-security cards by key, all fictional."""

OTHERS: dict[str, tuple[str, Callable[[], Program]]] = {
    "bank": ("银行卡 bank card", lambda: OtherCard(_BANK)),
    "transport": ("交通卡 transport card", lambda: OtherCard(_TRANSPORT)),
    "storage": ("门禁卡 door card", lambda: StorageCard(bytes.fromhex("04A1B2C3"), _STORAGE_ATR)),
    "tag": ("电子标签 tag", lambda: StorageCard(bytes.fromhex("04A1B2C3D4E5F6"), CONTACTLESS_ATR)),
    "foreign": ("别的芯片卡 unknown chip card", lambda: OtherCard(())),
}
"""Cards that are none, by key: (title, maker)."""
