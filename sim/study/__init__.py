"""Many runs and what they say: replications, comparisons, what the inputs imply."""
