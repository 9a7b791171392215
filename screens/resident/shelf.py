"""Which services lie in front, and with what icon: ids of the shipped catalogue; what a site lacks is passed over."""

from kiosk.catalogue import Package, Service
from screens.view import View

LIFE_EVENTS = ("ZT-PK-01", "ZT-PK-19", "ZT-PK-02", "ZT-PK-10", "ZT-PK-11", "ZT-PK-16")
COMMON = ("ZT-RS-001", "ZT-MZ-007", "ZT-YB-005", "ZT-GA-002", "ZT-WJ-002", "ZT-CL-007")
IN_FRONT = 4
ICONS: dict[str, str] = {
    "ZT-PK-01": "baby",
    "ZT-PK-02": "shop",
    "ZT-PK-10": "elder",
    "ZT-PK-11": "elder",
    "ZT-PK-16": "heart",
    "ZT-PK-19": "home",
}
DEPARTMENT_ICONS: dict[str, str] = {
    "RS": "work", "YB": "cross", "MZ": "heart", "CL": "people", "TY": "star", "WJ": "cross", "GJJ": "home",
    "SMK": "card", "SC": "shop", "SW": "paper", "GA": "card", "ZJ": "home", "GY": "home", "CG": "grid", "NY": "leaf",
    "SL": "leaf", "ZY": "leaf", "FG": "work", "YJ": "warn", "JT": "car", "WT": "book", "JY": "book", "SF": "paper",
    "HB": "leaf", "QW": "people", "ZH": "grid",
}  # fmt: skip


def laid_out(view: View, ids: tuple[str, ...]) -> list[Service]:
    """Return those of `ids` that this site serves."""
    services: dict[str, Service] = {**view.site.packages, **view.site.items}
    return [services[each] for each in ids if each in services]


def second_line(view: View, service: Service) -> str:
    """Return what stands below a service's name: how much a package saves, how long an item takes."""
    if isinstance(service, Package):
        return view.say("choose.package", items=len(service.items), saved=service.duplicates_removed)
    if not service.declarable:
        return view.say("choose.not_here")
    days = service.promised_days
    return view.say("choose.at_once") if days == 0 else view.say("choose.days", days=f"{days:g}")
