"""The first start on a fresh machine, and what the pages of the documentation promise about it."""
