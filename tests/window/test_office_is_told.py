"""What a device lacks is told to the office and to the technician: which one, what, and who must act."""

import json
import re
import subprocess

import httpx

from roles.processes import command, wait_until
from roles.stack import CLERK
from tests.window.kiosk_window import DEVICES, Kiosk

PRINTER = "凭条打印机"


def kiosks_page(kiosk: Kiosk) -> str:
    """Return the desk's page of kiosks, as a signed-in admin sees it."""
    url = f"http://127.0.0.1:{kiosk.stack.places.office_port}"
    with httpx.Client(base_url=url, trust_env=False, timeout=60, follow_redirects=True) as desk:
        token = re.search(r'name="form_token" value="([^"]+)"', desk.get("/desk/login").text)
        assert token is not None
        desk.post("/desk/login", data={"name": CLERK, "password": kiosk.stack.password, "form_token": token[1]})
        return desk.get("/desk/kiosks").text


def told_anew(kiosk: Kiosk) -> None:
    """Have delivery send a heartbeat at once: its first one, for the next is half a minute away."""
    child = kiosk.stack.children["deliver"]
    child.stop()
    child.start()


def device_row(kiosk: Kiosk, title: str) -> str:
    """Return the text of one device's row at the desk; empty while there is none."""
    rows = re.findall(r"<tr>\s*<td>(.*?)</tr>", kiosks_page(kiosk), re.DOTALL)
    return next((re.sub(r"<[^>]+>|\s+", " ", row) for row in rows if row.startswith(title)), "")


def test_the_desk_shows_what_the_printer_lacks_and_who_must_act(kiosk: Kiosk) -> None:
    """Promises 4 and 8: out of paper at the kiosk is out of paper at the desk, for the centre's staff to see to."""
    kiosk.do("receipt_printer", "paper_out")
    kiosk.until_health("receipt_printer", reason="PAPER_OUT", action="CLEAR")
    told_anew(kiosk)
    wait_until("the desk shows it", lambda: "没纸了" in device_row(kiosk, PRINTER), 90)
    row = device_row(kiosk, PRINTER)
    assert "用完了" in row, "the supply"
    assert "中心人员" in row, "who must act"


def test_diagnose_beside_the_running_kiosk_tells_what_the_kiosk_says(kiosk: Kiosk) -> None:
    """Promises 4 and 8: the wires are the kiosk's; a technician reads its word, with the reason and who must act."""
    kiosk.do("receipt_printer", "cover_open")
    kiosk.until_health("receipt_printer", reason="COVER_OPEN")
    done = subprocess.run(
        command("diagnose", "--config", str(kiosk.stack.places.config), "--language", "en", "--json"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    rows = {row["name"]: row for row in json.loads(done.stdout)["devices"]}
    assert rows.keys() == set(DEVICES)
    assert all("held by the running kiosk, which says: " in row["sentence"] for row in rows.values())
    assert "cover is open" in rows["receipt_printer"]["sentence"]
    assert rows["receipt_printer"]["action"] == "CLEAR"
