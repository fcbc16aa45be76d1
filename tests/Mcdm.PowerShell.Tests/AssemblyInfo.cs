// What runs inside this process takes turns (PowerShellEngine.Collection); shells of their own run beside it.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
