"""The window's life: services up, first page on the glass, ticks, and everything stopped in order at the end."""

import signal
import time
from pathlib import Path
from threading import Lock, Thread
from typing import Protocol

from kivy.base import EventLoop, runTouchApp, stopTouchApp
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk import memory
from kiosk.config import KioskConfig
from kiosk.text.fonts import default_chain
from kiosk.visit import Visit
from kiosk.visit_setting import setting_of
from screens.app import ServicesFactory
from screens.bridge import Bridge
from screens.defects import Defects
from screens.ink import Typesetter
from screens.mending import Mending
from screens.probe import Probe, Snapshot
from screens.staff import PAGES, Desk
from screens.stage import Stage
from screens.theme import Screen, Theme
from screens.view import View
from screens.voices import new_voice

TICK_SECONDS = 0.25
_MAPPED_SECONDS = 0.1


class Finger(Protocol):
    """What of a Kivy touch is used: the widgets that follow it."""

    grab_list: list[object]


class KioskWindow:
    """Ties visit, services and stage together."""

    def __init__(self, config: KioskConfig, services_factory: ServicesFactory, probe: Path | None) -> None:
        self._bridge = Bridge()
        self._services = services_factory(config, self._bridge.post)
        self._visit = Visit(self._services, setting_of(config))
        self._services.attach(self._visit)
        screen = Screen(config.screen.width, config.screen.height, config.screen.diagonal_inches)
        site = self._visit.setting.catalogue.at_site(config.kiosk.site)
        self.view = View(self._visit, site, Theme(screen), Typesetter(default_chain()))
        self.stage = Stage(self.view, self._shown)
        self._services.on_key = self.stage.typed
        self.stage.aloud.voice = new_voice(config.speech, self._bridge.post)
        self.stage.listening = self._services.headphones_in
        if self._services.staff is not None:
            self.view.desk = Desk(self.view, self._services.staff, PAGES)
            self.view.desk.play = self.stage.player.play
            self._services.staff.start_anew = stopTouchApp  # the service manager starts it again
            EventLoop.add_postproc_module(self.view.desk.touch)
        self._mending = Mending(self.view)
        self._defects = Defects(self._mend)
        self._warming = Thread(target=self._warm, name="search", daemon=True)
        self._frames = 0
        self._built_at = 0  # the frame before the page of the moment
        self._touches = 0  # fingers that were lifted
        self._taken = 0  # of these, those that something took
        self._snapshot: Snapshot = {}
        self._lock = Lock()
        self._probe = Probe(probe, self.snapshot) if probe is not None else None

    def run(self) -> bool:
        """Run until the window is closed or a signal asks to end; return False if too many defects ended it."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._bridge.post(stopTouchApp))
        Window.bind(on_flip=self._flipped, on_touch_up=self.stage.lifted)
        Window.bind(on_touch_up=self._lifted)
        Clock.schedule_interval(self._tick, TICK_SECONDS)
        self.stage.build()
        self._services.start()
        try:
            with self._defects:
                runTouchApp(self.stage)
        finally:
            if self._probe is not None:
                self._probe.stop()
            self._services.stop()
            if self.stage.aloud.voice is not None:
                self.stage.aloud.voice.close()
            self.view.writer.forget()
            EventLoop.close()
        return not self._defects.given_up

    def snapshot(self) -> Snapshot:
        """Return what is on the glass (from any thread)."""
        with self._lock:
            told = {"frame": self._frames, "drawn": self._frames > self._built_at}
            return {**self._snapshot, **told, "touches": self._touches, "taken": self._taken}

    def _lifted(self, _window: object, finger: Finger) -> None:
        """Count a finger, in the next round of the loop: by then what it did is done, and the page built anew."""
        taken = bool(finger.grab_list)
        Clock.schedule_once(lambda _seconds: self._count(taken=taken), 0)

    def _count(self, *, taken: bool) -> None:
        with self._lock:
            self._touches += 1
            self._taken += taken

    def _flipped(self, *_: object) -> None:
        self._frames += 1
        self.stage.flipped()
        if self._frames == 1:  # a touch before the window is mapped would be lost
            Clock.schedule_once(self._ready, _MAPPED_SECONDS)

    def _ready(self, _seconds: float) -> None:
        """The first page is on the glass: show oneself to the probe, and prepare the search beside the screen."""
        if self._probe is not None:
            self._probe.start()
        self._warming.start()
        self.stage.player.load()

    def _warm(self) -> None:
        """Prepare the search; what stands then stands for good."""
        self.view.search.warm()
        memory.settle()

    def _mend(self) -> None:
        self.stage.release()
        self._mending.mend()

    def _tick(self, _seconds: float) -> None:
        self._visit.tick(time.monotonic())
        if self.view.desk is not None:
            self.view.desk.tick(time.monotonic())
        self._mending.check()
        self.stage.check()

    def _shown(self) -> None:
        """Leave a snapshot of the page that was just built."""
        stage = self.stage
        page = stage.page
        if page is None:
            return
        told: Snapshot = {
            "screen": "countdown" if stage.veil else page.name,
            "state": str(self._visit.state),
            "language": self._visit.language,
            "mode": self.view.theme.mode,
            "targets": dict(stage.targets()),
            "note": page.note,
        }
        if self.view.desk is not None and self.view.desk.shown:  # a resident's words are told to nobody
            told["words"] = list(stage.words())
        with self._lock:
            self._snapshot = told
            self._built_at = self._frames
