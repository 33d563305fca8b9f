serve --model deepseek-r1 --server hgx-h100 --chips 16 --tensor 1 --attention-data 16 --expert 16 --concurrency 256 --requests 1024 --prompt 4096 --output 1
