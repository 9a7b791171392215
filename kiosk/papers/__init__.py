"""What paper a page is, and what it says: rules as data over size, colour and the words that were read."""
