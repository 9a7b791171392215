"""Names in pictures: every character by some font, and a box with its code point where none has it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kiosk.text.clusters import clusters
from kiosk.text.coverage import FontError, is_private, read_coverage
from kiosk.text.fonts import FALLBACKS, FontChain, ascent, default_chain, font_folder, line_height
from kiosk.text.raster import rasterise

RARE = "龴䶮㛃𠅤𬭎𫖯"
SEVEN_OF_PLANE_TWO = "𠀀𠀁𠀂𠀃𠀄𠀅𠀆"


@pytest.fixture(scope="module")
def chain() -> FontChain:
    return FontChain()


def fonts_of(chain: FontChain, text: str) -> list[str | None]:
    return [run.font.path.name if run.font is not None else None for run in chain.runs(text)]


def ink(image: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(image, dtype=np.uint8)


@pytest.mark.parametrize("ch", [*RARE, *SEVEN_OF_PLANE_TWO, "\U0002b735", "\U00030000", "\U00031350", "\u9fff"])
def test_a_rare_character_is_drawn_by_a_font_that_has_it(chain: FontChain, ch: str) -> None:
    """Promise 5: the test names, extensions B, G and H included, come from a font, not from a box."""
    assert None not in fonts_of(chain, ch)
    assert ink(chain.draw(ch, 48)).any()


@pytest.mark.parametrize(
    "ch",
    [
        "\ue863",
        "\ue000",
        "\uf8ff",
        "\U000f0000",
        "\U0010fffd",
        "\U0002ebf0",
        "\ud842",
        *"\n\r\x1c\x85\u2029\u202e\u2066\u200b\ufeff",
    ],
)
def test_what_no_font_may_show_is_a_box_with_its_code_point(chain: FontChain, ch: str) -> None:
    """Promise 5: private use, extension I and what is no character at all are boxed, never blank or look-alike."""
    assert fonts_of(chain, ch) == [None]
    box = ink(chain.draw(ch, 96))
    rows, columns = np.nonzero(box > 127)
    edge = box[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    for side in (edge[0], edge[-1], edge[:, 0], edge[:, -1]):
        assert (side > 127).all()
    assert (edge[8:-8, 8:-8] > 127).any()


def test_two_private_characters_do_not_look_alike() -> None:
    """Promise 5: the box holds the code point, so two of them can be told apart even on a receipt."""
    pictures = [rasterise(ch, 24, False).tobytes() for ch in ("\ue863", "\ue864", "\ue963", "\U0002ebf0", "\U0002ebf1")]
    assert len(set(pictures)) == len(pictures)


def test_a_fonts_own_private_glyphs_are_never_used() -> None:
    """Promise 5: BabelStone has glyphs for private code points; they are other characters than the card means."""
    coverage = read_coverage(font_folder() / FALLBACKS[-1])
    assert any(is_private(start) for start in coverage.starts)
    assert not any(code in coverage for code in range(0xE000, 0xF900))


def test_marks_and_selectors_stay_with_their_base(chain: FontChain) -> None:
    """Promise 5: a variation selector or an accent is drawn by its base's font."""
    assert clusters("葛\U000e0100城e\u0301x") == ["葛\U000e0100", "城", "e\u0301", "x"]
    assert len(chain.runs("葛\U000e0100城e\u0301x")) == 1
    assert chain.measure("葛\U000e0100", 48) == chain.measure("葛", 48)
    assert fonts_of(chain, "\ue863\ufe00") == [None]


def test_a_cluster_no_single_font_has_is_drawn_part_by_part(chain: FontChain) -> None:
    """Promise 5: a base keeps its glyph even when its mark has none."""
    base, mark = chain.runs("中\U0001e000")
    assert base.font is not None
    assert mark.font is None


def test_measure_is_the_width_that_is_drawn(chain: FontChain) -> None:
    """Promise 5: what is laid out by `measure` fits what `draw` gives, in both weights and all sizes."""
    for text in ("张三", "Hello, 世界", RARE + "\ue863", "\U00030000"):
        for px in (16, 24, 47):
            for bold in (False, True):
                assert chain.draw(text, px, bold=bold).size == (chain.measure(text, px, bold=bold), line_height(px))
    assert chain.draw("", 24).size == (1, line_height(24))


def test_the_baseline_is_the_same_in_every_font(chain: FontChain) -> None:
    """Promise 5: a rare character stands level with its neighbours."""
    bottoms = []
    for ch in ("国", "\U0002a700", "\U00030000"):
        rows = np.nonzero(ink(chain.draw(ch, 100)).max(axis=1) > 127)[0]
        bottoms.append(int(rows.max()) - ascent(100))
    assert max(bottoms) - min(bottoms) <= 8
    assert len({name for ch in ("国", "\U0002a700", "\U00030000") for name in fonts_of(chain, ch)}) == 3


def test_nothing_is_cut_off_above_or_below(chain: FontChain) -> None:
    """Promise 5: accents and tails are inside the line."""
    for ch in "ǗẮjgpyÇ|(囗":
        for bold in (False, True):
            picture = ink(chain.draw(ch, 200, bold=bold))
            assert not picture[0].any()
            assert not picture[-1].any()


def test_drawn_dots_are_the_printers_cell_and_more_only_for_accents_and_tails() -> None:
    """Promise 5: a line with a rare name is as high as the printer's own, and an accent is not cut off for it."""
    assert rasterise("张䶮", 24, False).shape == (24, 48)
    assert rasterise("", 24, False).shape[0] == 24
    assert rasterise("Ǘ张", 24, False).shape[0] > 24
    assert rasterise("(", 24, False).shape[0] > 24


def test_in_cells_every_ascii_character_is_half_an_em(chain: FontChain) -> None:
    """Promise 5: a drawn line keeps the columns of the lines around it."""
    assert rasterise("iWm 0*", 24, False).shape[1] == 6 * 12
    assert rasterise("申请人  䶮*", 24, False).shape[1] == 11 * 12
    assert chain.draw("iii", 24).width < chain.draw("iii", 24, cells=True).width


def test_bold_is_bolder_in_every_font(chain: FontChain) -> None:
    """Promise 7: emphasis does not stop at a rare character."""
    for ch in ("国", "\U0002a700", "\U00030000"):
        assert int(ink(chain.draw(ch, 48, bold=True)).sum()) > int(ink(chain.draw(ch, 48)).sum())


def test_a_site_font_comes_first(tmp_path: Path) -> None:
    """Promise 5: a licensed font laid into assets/fonts/site is asked before all others, but not for private use."""
    for path in font_folder().glob("*.*tf"):
        (tmp_path / path.name).symlink_to(path.resolve())
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "licensed.ttf").symlink_to((font_folder() / FALLBACKS[-1]).resolve())
    chain = FontChain(tmp_path)
    assert fonts_of(chain, "国") == ["licensed.ttf"]
    assert fonts_of(chain, "\ue863") == [None]


def test_a_missing_or_broken_font_is_named(tmp_path: Path) -> None:
    """Promise 8: the error says which file and which command."""
    with pytest.raises(FontError, match=r"NotoSansCJKsc-Regular\.otf.*make run"):
        FontChain(tmp_path)
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    with pytest.raises(FontError, match=r"broken\.ttf.*make run"):
        read_coverage(tmp_path / "broken.ttf")
    with pytest.raises(FontError, match=r"gone\.ttf"):
        read_coverage(tmp_path / "gone.ttf")


def test_there_is_one_chain() -> None:
    """Promise 5: screens and receipts draw through the same fonts."""
    assert default_chain() is default_chain()
