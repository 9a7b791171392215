"""What the office answers while a resident waits at a kiosk; a module a question."""
