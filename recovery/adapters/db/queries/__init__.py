"""The read side: SQL straight to small frozen rows, one module a page or command."""
