using Contracts.Timers;

namespace Infrastructure.Timers;

/// <summary>The one Runner there is claims everything; wake-ups reach it within the process.</summary>
internal sealed class EveryShard : IShards
{
    public IReadOnlyList<int>? Mine => null;

    public void OnWakeUp(Action<DateTimeOffset> woken)
    {
        // Nobody else wakes it.
    }
}
