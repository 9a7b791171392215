"""The desk: pages on which clerks read cases and see the kiosks. Server-rendered, no script."""
