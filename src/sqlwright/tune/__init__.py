"""Search the settings of a training with Optuna: the lowest loss on held-out records."""
