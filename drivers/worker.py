"""A thread that owns one driver: it queues commands, polls, reconnects for ever, and says once what changed.

One decision: everything that touches the driver happens on one thread, in one loop, so that a driver needs no lock. A
second, tiny thread only watches that loop: when a driver does not come back, the futures still end.
"""

import logging
import threading
import traceback
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from drivers.cadence import Cadence, Clock, SystemClock
from drivers.deadline import Deadline
from drivers.device import Driver, TellsUnasked, canceled
from drivers.errors import CompletionCode, DeviceError, DeviceGone, DeviceTimeout, ErrorAction, Reason
from drivers.jobs import Job
from drivers.model import (
    Command,
    DataReady,
    DeviceClass,
    DeviceStatus,
    ErrorRaised,
    Event,
    Sensitive,
    StatusReport,
)
from drivers.recorder import FlightRecorder
from drivers.reports import changes, needs_somebody, report_without_answer

__all__ = ["Cadence", "Clock", "Deadline", "DeviceWorker", "SystemClock"]

T = TypeVar("T")

_log = logging.getLogger(__name__)
_HEARTBEAT = 1.0  # an idle worker breathes that often, in seconds


class DeviceWorker:
    """Runs `driver` for the device `name`. Events are handed to `on_event` on the worker's threads.

    Life cycle: made -> start -> execute, cancel, status, any number of times from any thread -> stop (for good).
    """

    def __init__(
        self,
        name: str,
        device_class: DeviceClass,
        driver: Driver,
        on_event: Callable[[Event], None],
        *,
        cadence: Cadence | None = None,
        clock: Clock | None = None,
        recorder: FlightRecorder | None = None,
    ) -> None:
        self.name = name
        self.device_class = device_class
        self._driver = driver
        if isinstance(driver, TellsUnasked):
            driver.tell_to(self._take_unasked)
        self._on_event = on_event
        self._cadence = cadence or Cadence()
        self._clock = clock or SystemClock()
        self._recorder = recorder or FlightRecorder()
        self._condition = threading.Condition()
        self._queue: deque[Job] = deque()
        self._running: Job | None = None
        self._call: Deadline | None = None  # the driver call under way must be back by then
        self._stopping = False
        self._report = StatusReport(DeviceStatus.STARTING)
        self._pending: deque[Event] = deque()
        self._is_open = False
        self._must_close = False
        self._missed = 0
        self._attempts = 0
        self._is_lost = False
        self._due = self._beat = self._clock.monotonic()
        self._threads = [
            threading.Thread(target=self._run, name=f"device {name}", daemon=True),
            threading.Thread(target=self._watch, name=f"watchdog {name}", daemon=True),
        ]

    def __str__(self) -> str:
        return f"{self.device_class} {self.name}"

    # ---- for every thread

    @property
    def status(self) -> StatusReport:
        """The last report: what the device said, or why it says nothing."""
        with self._condition:
            return self._report

    def heartbeat_age(self) -> float:
        """Return the seconds since the loop, or the command it runs, last gave a sign of life."""
        with self._condition:
            return self._clock.monotonic() - self._beat

    def start(self) -> None:
        """Start the threads. The device is opened by them, so this returns at once."""
        for thread in self._threads:
            thread.start()

    def stop(self, deadline: Deadline) -> None:
        """Cancel what runs, close the driver and end both threads; every future has ended when this returns."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        self.cancel()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(deadline.remaining())
        self._fail_all(_stopped())
        if any(thread.is_alive() for thread in self._threads):
            _log.error("%s: the driver did not come back at the end; its thread is left behind", self)

    def execute(self, command: Command[T], timeout: float) -> Future[T]:
        """Queue `command`, to be done within `timeout` seconds from now. The future always ends: result or DeviceError.

        Never raises: a full queue (reason QUEUE_FULL) and a stopped worker (STOPPED) are errors of the future too.
        """
        job = Job(command, Deadline.after(timeout, self._clock.monotonic))
        with self._condition:
            refusal = self._refusal()
            if refusal is None:
                self._queue.append(job)
                self._condition.notify_all()
        if refusal is not None:
            job.fail(refusal)
        return job.future

    def _refusal(self) -> DeviceError | None:
        if self._stopping:
            return _stopped()
        if len(self._queue) < self._cadence.queue:
            return None
        detail = f"{len(self._queue)} commands are waiting already"
        return DeviceError(CompletionCode.DEVICE_NOT_READY, Reason.QUEUE_FULL, ErrorAction.SUSPEND, detail)

    def cancel(self) -> None:
        """Tell the running command to stop, and end those that wait (code CANCELED)."""
        with self._condition:
            waiting, self._queue = list(self._queue), deque()
            if self._running is not None:
                self._running.cancelled = True
        for job in waiting:
            job.fail(canceled())

    # ---- the loop; from here on, on the worker's own thread

    def _run(self) -> None:
        alive = True
        while alive:
            try:
                alive = self._step()
            except Exception as defect:  # noqa: BLE001 - the one guard: a driver's defect must not take the device away
                self._fail_by_defect(defect)

    def _step(self) -> bool:
        """Do the next thing: a command, or a poll when it is due. Return False when there is nothing more to do."""
        self._tell()
        job = self._next()
        if self._must_close:
            self._must_close = False
            self._close()
        if job is not None:
            self._serve(job)
        elif not self._stopping:
            self._look()
        if self._stopping and self._is_open:
            self._close()
        return not self._stopping

    def _next(self) -> Job | None:
        """Wait for a command (returned) or for the next poll to be due or the end (None)."""
        with self._condition:
            while not self._stopping:
                now = self._beat = self._clock.monotonic()
                if self._queue:
                    self._running = self._queue.popleft()
                    return self._running
                if now >= self._due:
                    return None
                self._clock.wait(self._condition, min(self._due - now, _HEARTBEAT))
        return None

    def _serve(self, job: Job) -> None:
        """Run one command; a failure is told at once, whatever the polls say."""
        if not job.begin():
            self._release()
            return
        try:
            if job.deadline.expired:
                raise DeviceTimeout("its time was over before its turn came")
            self._open(job.deadline)
            self._enter(job.deadline)
            result = self._driver.execute(job.command, job.deadline, lambda: self._is_cancelled(job))
        except DeviceError as error:
            self._release()
            job.fail(error.alone())
            self._after_failure(error)
        else:
            self._release()
            job.succeed(result)
            if self._missed:
                self._set_due(0)  # it answers again: ask it how it is

    def _is_cancelled(self, job: Job) -> bool:
        with self._condition:
            self._beat = self._clock.monotonic()  # a driver that asks is alive
            return job.cancelled or self._stopping

    def _after_failure(self, error: DeviceError) -> None:
        if needs_somebody(error) and error.code is not CompletionCode.CANCELED:
            _log.warning("%s: a command failed: %s", self, error)
            with self._condition:
                self._pending.append(ErrorRaised(self.name, error))
        if isinstance(error, DeviceGone) or not self._is_open:
            self._miss(error)
        else:
            self._set_due(0)

    def _look(self) -> None:
        """Poll, opening the device first when it is not."""
        try:
            self._open(Deadline.after(self._cadence.open, self._clock.monotonic))
            deadline = Deadline.after(self._cadence.answer, self._clock.monotonic)
            self._enter(deadline)
            report = self._driver.poll(deadline)
        except DeviceError as error:
            self._release()
            self._miss(error.alone())
        else:
            self._release()
            self._hear(report)

    def _open(self, deadline: Deadline) -> None:
        if self._is_open:
            return
        limit = deadline.sooner(self._cadence.open)
        self._enter(limit)
        self._must_close = True  # whatever happens in there, it is closed before it is opened again
        self._driver.open(limit)
        self._must_close = False
        self._is_open = True

    def _close(self) -> None:
        self._is_open = False
        self._driver.close()

    def _hear(self, report: StatusReport) -> None:
        """The device answered a poll."""
        if self._is_lost:
            _log.warning("%s is back", self)
        self._missed = self._attempts = 0
        self._is_lost = False
        self._set_due(self._cadence.poll)
        self._set_report(report)

    def _miss(self, error: DeviceError) -> None:
        """The device did not answer a poll, or went in the middle of a command."""
        self._missed += 1
        lost = self._missed >= self._cadence.lost_after
        if lost or isinstance(error, DeviceGone):
            self._close()
        self._set_due(self._cadence.poll if self._is_open else self._backoff())
        if lost and not self._is_lost:
            self._is_lost = True
            self._log_loss(f"lost: {error}")
        if lost:
            self._set_report(report_without_answer(self.status, error))

    def _backoff(self) -> float:
        seconds = self._cadence.reconnect[min(self._attempts, len(self._cadence.reconnect) - 1)]
        self._attempts += 1
        return seconds

    def _fail_by_defect(self, defect: Exception) -> None:
        """Turn what no driver may raise into an error that says where it happened, and start afresh after a while."""
        # The exception's own text is left out: a library may quote the data it choked on (promise 2).
        frames = traceback.extract_tb(defect.__traceback__)
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"
        detail = f"{type(defect).__name__} at {place}"
        error = DeviceError(CompletionCode.INTERNAL_ERROR, Reason.DEFECT, ErrorAction.SOFTWARE_ERROR, detail)
        way = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        self._log_loss(f"defect: {type(defect).__name__} at {way}")
        job = self._running
        self._release()
        if job is not None:
            job.fail(error)
        self._must_close = not self._stopping  # at the end a driver is not asked twice
        self._is_open = False
        self._missed = self._cadence.lost_after
        self._is_lost = True
        self._set_due(self._backoff())
        self._set_report(report_without_answer(self.status, error))

    # ---- small change

    def _enter(self, deadline: Deadline) -> None:
        with self._condition:
            self._call = deadline

    def _release(self) -> None:
        """The driver is back: no call is under way and no command runs."""
        with self._condition:
            self._call = self._running = None

    def _set_due(self, seconds: float) -> None:
        self._due = self._clock.monotonic() + seconds

    def _set_report(self, report: StatusReport) -> None:
        with self._condition:
            self._pending.extend(changes(self.name, self._report, report))
            self._report = report

    def _take_unasked(self, data: object) -> None:
        """Take what the driver has though nobody asked for it; it may be personal."""
        with self._condition:
            self._pending.append(DataReady(self.name, Sensitive(data)))

    def _tell(self) -> None:
        """Hand over what happened, in its order."""
        while True:
            with self._condition:
                if not self._pending:
                    return
                event = self._pending.popleft()
            self._on_event(event)

    def _log_loss(self, what: str) -> None:
        _log.warning("%s: %s", self, what)
        for line in self._recorder.dump():
            _log.warning("%s: %s", self, line)

    def _fail_all(self, error: DeviceError) -> None:
        """End every command there is."""
        with self._condition:
            jobs, self._queue = list(self._queue), deque()
            if self._running is not None:
                jobs.append(self._running)
        for job in jobs:
            job.fail(error)

    # ---- the watchdog, on its own thread

    def _watch(self) -> None:
        """Speak for a driver that does not come back, until it does."""
        told: Deadline | None = None
        while self._wait_a_beat():
            with self._condition:
                call = self._call
            if call is None or call.overdue() < self._cadence.overrun:
                continue
            detail = f"the driver is {call.overdue():.0f} s late"
            error = DeviceError(CompletionCode.TIME_OUT, Reason.NO_ANSWER, ErrorAction.RESET, detail)
            self._fail_all(error)
            if call is not told:
                told = call
                self._log_loss(f"stuck: {detail}")
                self._set_report(replace(report_without_answer(self.status, error), device=DeviceStatus.HARDWARE_ERROR))
                self._tell()

    def _wait_a_beat(self) -> bool:
        with self._condition:
            until = self._clock.monotonic() + _HEARTBEAT
            while not self._stopping and (left := until - self._clock.monotonic()) > 0:
                self._clock.wait(self._condition, left)
            return not self._stopping


def _stopped() -> DeviceError:
    detail = "the device's worker has been stopped"
    return DeviceError(CompletionCode.DEVICE_NOT_READY, Reason.STOPPED, ErrorAction.SUSPEND, detail)
