using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;

namespace Tests.Support;

/// <summary>A log whose Consumers have got as far as the test says.</summary>
internal sealed class ManualProgress : ILogProgress<TimerScheduled>
{
    public bool IsApplied { get; set; } = true;

    public Exception? Failure { get; set; }

    /// <summary>Runs while a caller waits.</summary>
    public Func<Task> OnWait { get; set; } = () => Task.CompletedTask;

    public async Task<bool> WaitUntilAppliedAsync(string key, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await OnWait();
        return Failure is null ? IsApplied : throw Failure;
    }

    public Task<bool> WaitUntilAppliedAsync(LogPosition position, TimeSpan timeout, CancellationToken cancellationToken) =>
        WaitUntilAppliedAsync(string.Empty, timeout, cancellationToken);
}
