rules diff 2023-11-16 2023-11-17 --to CN --headquarters CN
