"""Whoever does not see or reach the glass: real keys type the number, lights show the way, the mains may go."""

from roles.processes import wait_until
from tests.window.kiosk_window import Kiosk

NUMBER = "320581199001011002"  # of nobody; without an X, which the keypad has not
SECONDS = 90.0


def lit(kiosk: Kiosk) -> tuple[object, object]:
    state = kiosk.do("auxiliaries", "state")
    return state["light"], state["lit"]


def until_lit(kiosk: Kiosk, light: str, *places: str) -> None:
    wait_until(f"the lights are {light} {places}", lambda: lit(kiosk) == (light, list(places)), SECONDS)


def press(kiosk: Kiosk, keys: str) -> None:
    for key in keys:
        kiosk.do("auxiliaries", "press", key=key)


def test_the_number_is_typed_on_real_keys_and_the_lights_show_the_way(kiosk: Kiosk) -> None:
    """Promise 7: keypad and lights, without a touch on the glass; a slip is erased, # goes on."""
    until_lit(kiosk, "green")
    press(kiosk, "1#")  # nobody is asked for a number here, so nothing happens
    assert kiosk.window.look().screen == "attract"
    kiosk.to_identify()
    until_lit(kiosk, "green", "id_card", "citizen_card", "code_scanner")
    kiosk.window.tap("type_number")
    kiosk.window.wait("the keys", lambda seen: "key:0" in seen.targets)
    press(kiosk, "9*" + NUMBER + "#")
    kiosk.window.wait("the number is confirmed", lambda seen: "confirm" in seen.targets)
    until_lit(kiosk, "green")


def test_a_low_battery_is_told_and_ends_by_itself(kiosk: Kiosk) -> None:
    """Promises 3 and 8: out of service with a sentence while the battery is low; with the mains it is well again."""
    kiosk.do("auxiliaries", "battery_low")
    seen = kiosk.until_note("visit.closed.battery_low")
    assert not {"start:zh", "start:en"} & seen.targets.keys()
    until_lit(kiosk, "red")
    kiosk.until_health("auxiliaries", status="ONLINE", reason="BATTERY_LOW", action="CLEAR")
    kiosk.do("auxiliaries", "mains_on")
    kiosk.window.wait_screen("attract")
    until_lit(kiosk, "green")
