using Xunit;

// libtorch has one random generator a process and as many threads as there are cores: tests take turns.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
