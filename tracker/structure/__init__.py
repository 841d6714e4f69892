"""The text itself: from the bytes of a file to provisions, and what one does with them.

A room of pure code: bytes and dataclasses in, dataclasses out; no database, no request, no clock.
Nothing in a file is executed, resolved or fetched. What is not understood is listed, not dropped.

`reading.read` gives a `model.Document`; `match.match` says which provision of a new edition is
which of the old; `redline.redline` what changed; `akn_writer.write_akn` writes Akoma Ntoso;
`render` and `redline_html` make HTML; `parallel.parallel` sets two languages side by side;
`store` keeps a document as JSON.
"""
