using Contracts.Common;
using Contracts.Messaging;

namespace Infrastructure.Messaging;

/// <summary>A topic's progress, under the name of one of its message types.</summary>
internal sealed class LogProgress<TMessage>(ILogProgress topic) : ILogProgress<TMessage>
{
    public Task<bool> WaitUntilAppliedAsync(string key, TimeSpan timeout, CancellationToken cancellationToken) =>
        topic.WaitUntilAppliedAsync(key, timeout, cancellationToken);

    public Task<bool> WaitUntilAppliedAsync(LogPosition position, TimeSpan timeout, CancellationToken cancellationToken) =>
        topic.WaitUntilAppliedAsync(position, timeout, cancellationToken);
}
