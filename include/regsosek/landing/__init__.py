"""The landing: deliveries as they come, and their way into schema ``raw``.

``discover`` finds folders, ``ledger`` tells new content from known, ``load`` streams a delivery into the warehouse,
whole or not at all. ``kiriman`` is the optional description a district adds, ``header``, ``csv_stream`` and
``workbook`` read the files themselves.
"""
