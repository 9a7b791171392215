"""Text as a resident's name needs it: GB 18030-2022, fonts with fall-back, masking, dots for the receipt."""
