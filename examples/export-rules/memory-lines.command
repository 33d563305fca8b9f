rules diff 2026-12-31 2027-01-01 --to CN --headquarters CN --catalog examples/export-rules/memory-lines
