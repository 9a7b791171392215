"""What the auxiliaries' state means for staff: one status with the most pressing error, and a sentence."""

from drivers.auxiliaries_model import AuxiliaryState, DoorStatus, Part, PowerSource, Ups
from drivers.errors import NO_FACTS, CompletionCode, DeviceError, ErrorAction, Fact, Facts, Reason
from drivers.model import DeviceStatus, StatusReport, SupplyStatus, Told


def status_report(state: AuxiliaryState, failed: Part, *, is_frozen: bool) -> StatusReport:
    """Return the status of a board that answered; it names the most pressing trouble alone."""
    supplies = {} if state.ups is None else {"battery": _battery(state.ups)}
    if is_frozen:
        detail = "the board answers, but its time stands still"
        error = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.FROZEN, ErrorAction.MAINTENANCE, detail)
        return StatusReport(DeviceStatus.HARDWARE_ERROR, supplies=supplies, error=error)
    if failed:
        detail = f"failed their self-test: {_names(failed)}"
        facts = {Fact.PARTS: ", ".join(str(part.name) for part in failed)}
        error = DeviceError(
            CompletionCode.HARDWARE_ERROR, Reason.SELF_TEST_FAILED, ErrorAction.MAINTENANCE, detail, facts
        )
        return StatusReport(DeviceStatus.HARDWARE_ERROR, supplies=supplies, error=error)
    return StatusReport(DeviceStatus.ONLINE, supplies=supplies, error=_condition(state))


def described(state: AuxiliaryState) -> str:
    """Return a sentence for the technician: every part and what it says."""
    ups, proximity = state.ups, state.proximity
    parts = {
        "door": state.door,
        "presence": None if proximity is None else proximity.presence,
        "power": None if ups is None else ups.source,
        "charge": None if ups is None or ups.charge_percent is None else f"{ups.charge_percent} %",
        "service key": state.service_key,
        "headphones": state.headphones,
    }
    said = ", ".join(f"{name} {value}" for name, value in parts.items() if value is not None)
    return said or "the board has lights alone"


def parts_told(state: AuxiliaryState) -> tuple[Told, ...]:
    """Return the same for the technician's language: every part and what it says."""
    ups, proximity = state.ups, state.proximity
    charge = None if ups is None else ups.charge_percent
    parts = (
        None if state.door is None else Told("door", {"door": state.door}),
        None if proximity is None else Told("presence", {"presence": proximity.presence}),
        None if ups is None else Told("power", {"power": ups.source}),
        None if charge is None else Told("charge", {"percent": charge}),
        None if state.service_key is None else Told("service_key", {"service_key": state.service_key}),
        None if state.headphones is None else Told("headphones", {"headphones": state.headphones}),
    )
    return tuple(each for each in parts if each is not None) or (Told("lights_alone"),)


def _condition(state: AuxiliaryState) -> DeviceError | None:
    """Return what somebody must see to though the board is well."""
    ups = state.ups
    if ups is not None and ups.source is PowerSource.BATTERY:
        left = "for an unknown time" if ups.minutes_left is None else f"for about {ups.minutes_left} min"
        reason = Reason.BATTERY_LOW if ups.is_low else Reason.ON_BATTERY
        detail = f"the mains are off; the battery lasts {left}"
        facts: Facts = NO_FACTS if ups.minutes_left is None else {Fact.MINUTES_LEFT: ups.minutes_left}
        return DeviceError(CompletionCode.DEVICE_NOT_READY, reason, ErrorAction.CLEAR, detail, facts)
    if state.door is DoorStatus.OPEN:
        return DeviceError(CompletionCode.USER_ERROR, Reason.DOOR_OPEN, ErrorAction.CLEAR, "the cabinet is open")
    return None


def _battery(ups: Ups) -> SupplyStatus:
    if ups.is_low is None:
        return SupplyStatus.UNKNOWN
    return SupplyStatus.LOW if ups.is_low else SupplyStatus.FULL


def _names(parts: Part) -> str:
    return ", ".join(str(part.name).lower().replace("_", " ") for part in parts)
