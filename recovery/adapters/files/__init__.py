"""Files under the home: the archive and its workbook, keys and locks; private by their modes."""
