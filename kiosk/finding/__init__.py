"""What the search is made of: text made plain, words people use, letters that spell Chinese, likeness of meaning."""
