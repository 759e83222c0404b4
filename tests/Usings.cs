global using NUnit.Framework;

// Most tests wait, for engines, processes or each other: several fixtures share the two cores. Those that measure time, or hear what the
// whole process does, are marked as not parallel and run alone, after the others.
[assembly: LevelOfParallelism(3)]
[assembly: Parallelizable(ParallelScope.Fixtures)]
