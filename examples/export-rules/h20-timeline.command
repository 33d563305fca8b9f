rules timeline --chip h20 --to CN --headquarters CN --until 2026-11-01
