"""The desk: pages on which clerks read cases and see the kiosks. Server-rendered; one script keeps the list fresh."""
