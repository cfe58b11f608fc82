"""The store: one SQLite file, one thread that writes it, readers that cannot.

`Store(path, read=…, committed=…, durable=True, capturing=True)`; `open()` returns the Problem of a damaged
file that was set aside, or None. `put`, `replied` and `refused` never block; `pin`, `note`, `delete`,
`restore`, `purge`, `clear`, `prune`, `set_checked`, `set_drifted`, `save_filter`, `remove_filter`, `probe`
and `write` return Futures; `list_sources`, `save_source`, `remove_source` and `list_filters` wait.
`data_version` grows when another program changed the file; `damage` tells of the file set aside last.
`store.readers` (Readers) is safe from any thread. The values asked for and answered in (Order, Totals,
Histogram, Retention, Undo, SavedFilter, IndexState) are in inspector.core.listing.
"""

from inspector.store.results import Failed, Stored
from inspector.store.store import Store

__all__ = ["Failed", "Store", "Stored"]
