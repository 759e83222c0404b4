using NodaTime;

namespace Contracts.Schedules;

/// <summary>The local times that a schedule names, whatever clocks do.</summary>
internal interface ILocalTimes
{
    /// <summary>In order, each once, from a time on, itself among them; to the last day (<see cref="ScheduleTime.LastDay"/>).</summary>
    IEnumerable<LocalDateTime> From(LocalDateTime from);
}
