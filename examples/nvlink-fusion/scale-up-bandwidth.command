collective all_reduce --size 1GiB --ranks 8 --fabric rail-fat-tree --server xpu-fusion-8 --catalog examples/nvlink-fusion/catalog --engine flow --algorithm ring
