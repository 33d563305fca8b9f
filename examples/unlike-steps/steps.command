goodput --chips 1024 --mtbf "30 h" --restart "10 min" --checkpoint-cost 5s --steps examples/unlike-steps/steps.csv
