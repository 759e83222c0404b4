using NodaTime;

namespace Contracts.Schedules;

/// <summary>Local times, one by one.</summary>
internal sealed class FixedTimes(IEnumerable<LocalDateTime> times) : ILocalTimes
{
    private readonly LocalDateTime[] times = [.. times.Distinct().Order()];

    public IEnumerable<LocalDateTime> From(LocalDateTime from) => times.SkipWhile(time => time < from);
}
