"""REST: the same operations and the same refusals as the pages, as JSON under `/api/v1`."""
