"""Wire-level simulators: products, run by hand or by tests, imported by no product code."""
