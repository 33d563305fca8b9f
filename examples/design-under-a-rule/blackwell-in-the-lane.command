rules design --process blackwell-4np --date 2026-03-01 --target lawful --us-market yes --raise R26
