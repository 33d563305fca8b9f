jobs examples/jobs/trace.csv --chips 192 --chips-per-domain 64 --preempt --protect "10 min" --restart "5 min" --checkpoint-cost "1 min"
