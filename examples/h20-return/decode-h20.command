serve --model deepseek-r1 --server hgx-h20 --chips 16 --tensor 1 --attention-data 16 --expert 16 --concurrency 512 --requests 1536 --prompt 64 --output 1024
