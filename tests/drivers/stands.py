"""A stand for each class of device: what a new class is added to."""

from drivers.model import DeviceClass
from tests.drivers.matrix import Stand
from tests.drivers.matrix_auxiliaries import BoardStand
from tests.drivers.matrix_camera import CameraStand
from tests.drivers.matrix_printers import DocumentStand, ReceiptStand
from tests.drivers.matrix_readers import CitizenStand, SamStand, ScannerStand

STANDS: dict[DeviceClass, type[Stand]] = {
    each.device_class: each
    for each in (SamStand, CitizenStand, ScannerStand, ReceiptStand, DocumentStand, CameraStand, BoardStand)
}
