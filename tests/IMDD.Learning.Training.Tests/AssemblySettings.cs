using Xunit.Sdk;
using Xunit.v3;

// Torch has one generator and one count of live tensors for the whole process.
[assembly: Parallelization(Mode = ParallelMode.None)]
