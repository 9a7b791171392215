"""Hardware: one module a device class, each driven at its wire. Knows nothing of the kiosk."""
