"""The office's memory: one SQLite file with one writer, and a folder of sealed blobs."""
