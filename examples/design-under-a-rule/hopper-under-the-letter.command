rules design --process hopper-4n --date 2025-06-01 --raise R25-L
