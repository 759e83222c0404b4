global using NUnit.Framework;

// What waits for engines or processes mostly waits: several such fixtures share the two cores. All others run alone, after them.
[assembly: LevelOfParallelism(5)]
