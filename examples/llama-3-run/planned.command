goodput --model llama-3.1-405b --server hgx-h100 --chips 16384 --days 54
