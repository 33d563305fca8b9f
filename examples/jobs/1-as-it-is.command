jobs examples/jobs/trace.csv --chips 192 --chips-per-domain 64
