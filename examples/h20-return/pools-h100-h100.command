serve --model deepseek-r1 --server hgx-h100 --prefill 16 --decode 16 --chips 32 --tensor 1 --attention-data 16 --expert 16 --concurrency 512 --requests 2048 --prompt 4096 --output 1024
