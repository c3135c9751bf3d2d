"""Which way each case goes, and who is let in when."""
