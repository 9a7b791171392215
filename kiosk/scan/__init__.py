"""From a camera frame to a page a clerk can use: pure functions over arrays."""
