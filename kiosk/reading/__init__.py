"""What is written on a page: read in a child process, as a help and never in the way."""
