using Infrastructure;
using Quartz;

namespace Runner.Jobs;

/// <summary>A feature of the Runner: its services and its recurring Quartz jobs.</summary>
internal abstract class RunnerSlice : Slice
{
    /// <summary>Adds its jobs. They start after its hosted services and stop before them.</summary>
    public abstract void AddJobs(EngineBuilder engines, IQuartzBuilder quartz);
}
