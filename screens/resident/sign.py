"""The signature: a field, one's finger, and a way to begin again."""

from screens.page import Page
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.signature import SignaturePad
from screens.widgets.words import Note, heading, sentence


def page(view: View) -> Page:
    """Return the page to sign on."""
    kit, draft = view.kit, view.draft

    def signed() -> None:
        draft.unsigned = False
        view.refresh()

    pad = SignaturePad(kit, view.say("sign.hint"), draft.strokes, signed)

    def done() -> None:
        if not draft.strokes:
            view.write(unsigned=True)
            return
        view.does(view.visit.sign, pad.signature())()

    again = view.writes(strokes=[]) if draft.strokes else None
    return Page(
        "sign",
        lead=[heading(kit, view.say("sign.heading")), sentence(kit, view.say("sign.sentence"))],
        body=[*([Note(kit, view.say("sign.missing"), trouble=True)] if draft.unsigned else []), pad],
        actions=[
            *([Button(kit, "again", view.say("sign.again"), again)] if again else []),
            Button(kit, "next", view.say("sign.done"), done, Look.FILLED),
        ],
        step=4,
    )
