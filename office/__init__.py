"""The back office: opens what kiosks seal, files the cases, shows them to clerks."""
