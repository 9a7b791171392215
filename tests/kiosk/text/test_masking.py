"""What others may see of a name, a number and a phone."""

import pytest

from kiosk.text.masking import mask_name, mask_number, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("王小明", "王**"),
        ("欧阳明日", "欧***"),
        ("𠮷田", "𠮷*"),
        ("𫖯", "*"),
        ("张𬭎", "张*"),
        ("\ue863明", "\ue863*"),
        ("葛\U000e0100明", "葛\U000e0100*"),
        ("阿依古丽·买买提", "阿***·***"),
        ("SMITH, JOHN PAUL", "S****, J*** P***"),
        ("O'BRIEN MARY-ANN", "O'B**** M***-A**"),
        ("J SMITH", "J S****"),
        ("X Y", "X *"),
        (" 张三 ", "张*"),
        ("", ""),
    ],
)
def test_a_name_shows_its_first_character(name: str, shown: str) -> None:
    """Promise 2: enough to recognise one's own name, in any script, and a plane-2 character counts as one."""
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("32058119900101123X", "3205**********123X"),
        ("810000199408230021", "8100**********0021"),
        ("911124198108030024", "9111**********0024"),
        ("USA123456789012", "USA1*******9012"),
        ("H1234567", "H1****67"),
        ("1234567", "*******"),
        ("", ""),
    ],
)
def test_a_number_hides_its_middle(number: str, shown: str) -> None:
    """Promise 2: an identity number is never shown whole."""
    assert mask_number(number) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13800005678", "138****5678"), ("0512-00001234", "051******1234"), ("52651234", "****1234"), ("110", "***")],
)
def test_a_phone_number_hides_its_middle(phone: str, shown: str) -> None:
    """Promise 2: a phone number is never shown whole."""
    assert mask_phone(phone) == shown
