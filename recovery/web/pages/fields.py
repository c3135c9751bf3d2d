"""What numbers of rows in a request may be: as large as a column holds, no larger."""

from typing import Annotated, Final

from fastapi import Path
from pydantic import Field

#: PostgreSQL's INTEGER; a larger one is no row of ours, and the driver refuses it.
_MOST: Final = 2**31 - 1

RowId = Annotated[int, Field(ge=1, le=_MOST)]
#: The case that an address names.
CaseId = Annotated[RowId, Path()]
#: Where a list goes on: after this row; 0 is its start.
After = Annotated[int, Field(ge=0, le=_MOST)]
