"""Writing on the glass: pinyin and stroke input (librime), handwriting (zinnia), dates, amounts, numbers. No pixels."""
