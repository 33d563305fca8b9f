rules check --chip h20 --to CN --headquarters CN --date 2025-07-20
