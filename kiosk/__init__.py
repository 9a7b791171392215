"""What a kiosk knows and does, with no pixels, wires or sockets."""
