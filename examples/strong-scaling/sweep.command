sweep examples/strong-scaling/scenario.toml --over factory.chips=2048..16384:x4
