"""The version of this software, as heartbeats, diagnoses and packages tell it."""

VERSION = "0.1.0"
