jobs examples/jobs/trace.csv --chips 192 --chips-per-domain 64 --rate-per-1000-nodes-day 379 --repair "lognormal(4 h, 1)" --restart "10 min" --checkpoint-cost "30 s"
