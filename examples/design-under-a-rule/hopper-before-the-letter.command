rules design --process hopper-4n --date 2024-06-01
