using Xunit.Sdk;
using Xunit.v3;

// These tests measure time, and each starts processes of its own: one at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
