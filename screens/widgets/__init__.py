"""The family of components every screen is made of."""
