"""Tests of text: fonts, masking, GB 18030-2022, lines."""
