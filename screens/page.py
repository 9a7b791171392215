"""A page as a resident's screen describes it, and how it is laid out upright, across, and in low position.

Upright: heading, sentence, the thing, the action row, one below the other. Across: two columns, words and actions at
the left, the thing at the right. Low position: everything that can be touched stands in the lower 60 % of the screen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from screens.blocks import Block, Kit, Row, Space, Stack, Text, part
from screens.theme import Type
from screens.widgets.buttons import Button
from screens.widgets.chrome import Bar, Foot, Steps
from screens.widgets.thumbs import Flight
from screens.widgets.words import small_button

LOW_FROM = 0.4
_LEFT_SHARE = 0.38


@dataclass(slots=True)
class Page:
    """One page.

    Attributes:
        notes: what went wrong with what is in `top`.
        top, bottom: stay while the `body` is turned; keys are in `bottom`.
        note: words key of the trouble shown, for the probe.
        wide: the body reaches from edge to edge.
        read_through: the last action is offered on the last leaf of the body; before it, it turns the leaf.
        live: refreshes what moves, without building the page anew.
        flight: shows where something went, over the page, as soon as it stands.
        cover: lies over the whole screen, bar and foot too, and has every touch.
        soon: the page that comes next by itself; its type is set while this one waits.
    """

    name: str
    lead: Sequence[Block]
    body: Sequence[Block] = ()
    actions: Sequence[Button] = ()
    notes: Sequence[Block] = ()
    top: Sequence[Block] = ()
    bottom: Sequence[Block] = ()
    step: int | None = None
    note: str | None = None
    wide: bool = False
    read_through: bool = False
    live: Callable[[], None] | None = None
    flight: Flight | None = None
    cover: Block | None = None
    soon: "Callable[[], Page] | None" = None


@dataclass(slots=True)
class Turning:
    """Which leaf of the body is shown, and the words and deeds of the two buttons that turn it."""

    leaf: int
    turn: Callable[[int], None]
    earlier: str
    later: str
    leaves: int = field(default=1)


class Sheet(Block):
    """The whole screen: bar, steps, page, foot."""

    def __init__(
        self, kit: Kit, page: Page, bar: Bar, steps: Steps | None, foot: Foot | None, turning: Turning
    ) -> None:
        super().__init__(kit)
        self.page = page
        self.bar = bar
        self.steps = steps
        self.foot = foot
        self.turning = turning

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Lay out everything from the edges inwards."""
        top = y
        for block in (self.bar, self.steps):
            if block is not None:
                self.put(block, x, top, width, block.fit(width))
                top += block.fit(width)
        bottom = y + height
        if self.foot is not None:
            bottom -= self.foot.fit(width)
            self.put(self.foot, x, bottom, width, self.foot.fit(width))
        low = round(y + height * LOW_FROM) if self.theme.low else top
        pad = self.theme.px(6 if self.theme.screen.landscape else 8)
        if self.theme.screen.landscape and self.theme.low and self.theme.elder:
            pad = self.theme.px(3)  # the largest keys in the least height: the rest keeps them apart
        if self.page.wide:
            self._edge_to_edge(x, top, width, bottom, low)
            return
        inside = (x + self.theme.margin, top + pad, width - 2 * self.theme.margin, bottom - top - 2 * pad)
        if self.theme.screen.landscape:
            self._across(inside, low)
        else:
            self._upright(inside, low)

    def _edge_to_edge(self, x: int, top: int, width: int, bottom: int, low: int) -> None:
        """One picture over the whole width, and below it the ways to begin; side by side where that fits."""
        inner = width - 2 * self.theme.margin
        row: Block = Stack(self.kit, self.page.bottom)
        if self.theme.screen.landscape:
            row = Row(self.kit, self.page.bottom)
        high = row.fit(inner) + 2 * self.theme.gap
        body = Stack(self.kit, self.page.body)
        self.put(body, x, top, width, max(bottom - high, low) - top)
        self.put(row, x + self.theme.margin, bottom - high + self.theme.gap, inner, high - 2 * self.theme.gap)

    def _upright(self, inside: tuple[int, int, int, int], low: int) -> None:
        x, y, width, height = inside
        end = y + height
        lead = Stack(self.kit, self.page.lead, self.theme.px(4))
        tall = lead.fit(width)
        self.put(lead, x, y, width, tall)
        start = max(y + tall + (self.theme.gap if self.page.lead else 0), low)
        if self.page.actions:
            high = self._action_row(width).fit(width)
            end -= high + self.theme.gap
        self._thing(x, start, width, end - start, [*self.page.top, *self.page.notes])
        if self.page.actions:  # after the body: which leaf it shows may decide what they do
            self.put(self._action_row(width), x, end + self.theme.gap, width, high)

    def _across(self, inside: tuple[int, int, int, int], low: int) -> None:
        x, y, width, height = inside
        gap = self.theme.px(14)
        written = bool(self.page.body and self.page.bottom)  # keys and what they find: a column each
        left = round((width - gap) * (0.44 if written else _LEFT_SHARE)) if self._things() else width
        lead = Stack(self.kit, [*self.page.lead, *self.page.notes], self.theme.px(4))
        tall = lead.fit(left)
        self.put(lead, x, y, left, tall)
        start, right = max(y, low), x + left + gap
        beside = x + width - right
        if written:
            found = max(y + tall + self.theme.gap, low)
            self._thing(x, found, left, y + height - found, [], keys=False)
            keys = Stack(self.kit, [*self.page.top, *self.page.bottom])
            least = keys.fit(beside)
            self.put(keys, right, start, beside, max(least, min(y + height - start, least + keys.spare(beside))))
        else:
            self._thing(right, start, beside, y + height - start, self.page.top)
        if self.page.actions:
            actions = Stack(self.kit, list(reversed(self._actions())))
            wide = min(left, self.theme.px(220))
            high = actions.fit(wide)
            self.put(actions, x, y + height - high, wide, high)

    def _actions(self) -> list[Button]:
        """Return the actions; the last one turns the leaf while there is more to be read first."""
        actions, turning = list(self.page.actions), self.turning
        if self._reads_on():
            press = self._turn(turning.leaf + 1, turning.leaves)
            actions[-1] = Button(self.kit, "later", turning.later, press, actions[-1].look)
        return actions

    def _reads_on(self) -> bool:
        return self.page.read_through and self.turning.leaf + 1 < self.turning.leaves

    def _action_row(self, width: int) -> Block:
        """Side by side with the filled one widest and last; below one another where words need the room."""
        actions = self._actions()
        shares = [1.0] * (len(actions) - 1) + [1.3 if len(actions) > 1 else 1.0]
        row = Row(self.kit, actions, shares)
        if all(button.natural() <= wide for button, wide in zip(actions, row.widths(width), strict=True)):
            return row
        return Stack(self.kit, list(reversed(actions))) if len(actions) > 1 else row

    def _things(self) -> list[Block]:
        return [*self.page.top, *self.page.body, *self.page.bottom]

    def _thing(self, x: int, y: int, width: int, height: int, above: Sequence[Block], *, keys: bool = True) -> None:
        """Put what stays, and the leaf of the body that is shown."""
        gap = self.theme.gap
        if above:
            top = Stack(self.kit, above)
            self.put(top, x, y, width, top.fit(width))
            y, height = y + top.fit(width) + gap, height - top.fit(width) - gap
        if self.page.bottom and keys:
            bottom = Stack(self.kit, self.page.bottom)
            high = bottom.fit(width)
            if not self.page.body:  # nothing stands between: larger keys
                high = max(high, min(height, high + bottom.spare(width)))
            self.put(bottom, x, y + height - high, width, high)
            height -= high + gap
        if not self.page.body:
            return
        body = Stack(self.kit, self.page.body)
        if body.fit(width) <= height:
            high = body.fit(width) + body.spare(width)
            self.put(body, x, y, width, height if body.stretch else min(height, high))
            return
        self._leaf(x, y, width, height)

    def _leaf(self, x: int, y: int, width: int, height: int) -> None:
        high = self.theme.target
        leaves = self._leaves(width, height - high - self.theme.gap)
        turning = self.turning
        turning.leaves = len(leaves)
        leaf = turning.leaf = min(turning.leaf, len(leaves) - 1)
        body = Stack(self.kit, leaves[leaf])
        self.put(body, x, y, width, max(body.fit(width), height - high - self.theme.gap if body.stretch else 0))
        count = Text(self.kit, f"{leaf + 1} / {len(leaves)}", Type.SECOND, bold=True, align="center")
        earlier = small_button(self.kit, "earlier", turning.earlier, self._turn(leaf - 1, len(leaves)))
        later = small_button(self.kit, "later", turning.later, self._turn(leaf + 1, len(leaves)))
        back = earlier if leaf else Space(self.kit)
        onward = Space(self.kit) if leaf + 1 == len(leaves) or self._reads_on() else later
        row = Row(self.kit, [back, count, onward], [1, 0.6, 1])
        self.put(row, x, y + height - high, width, high)

    def _turn(self, leaf: int, count: int) -> Callable[[], None] | None:
        if not 0 <= leaf < count:
            return None
        return lambda: self.turning.turn(leaf)

    def _leaves(self, width: int, height: int) -> list[list[Block]]:
        leaves: list[list[Block]] = []
        rest = list(self.page.body)
        while rest:
            parts = part(rest, width, height, self.theme.gap)
            leaf, rest = parts if parts is not None else (rest[:1], rest[1:])
            leaves.append(leaf)
        return leaves
