using Xunit.Sdk;
using Xunit.v3;

// Torch has one generator for the whole process: what trains or draws weights beside another test would draw between its draws.
[assembly: Parallelization(Mode = ParallelMode.None)]
