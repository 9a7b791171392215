"""Characters: coverage, fall-back fonts, GB 18030-2022, masking."""
