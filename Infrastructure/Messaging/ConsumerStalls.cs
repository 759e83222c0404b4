using System.Collections.Concurrent;
using Infrastructure.Hosting;

namespace Infrastructure.Messaging;

/// <summary>Topics on which no message can currently be applied; a Consumer with one is not ready.</summary>
internal sealed class ConsumerStalls : ReadinessCheck
{
    private readonly ConcurrentDictionary<string, string> reasons = new(StringComparer.Ordinal);

    public void Begin(string topic, string reason) => reasons[topic] = reason;

    public void End(string topic) => reasons.TryRemove(topic, out _);

    /// <summary>All of them, in words; null when there are none.</summary>
    public string? Describe() =>
        reasons.IsEmpty ? null : string.Join(' ', reasons.Select(each => $"No message of {each.Key} can be applied: {each.Value}"));

    protected override Task<string?> FindFaultAsync(CancellationToken cancellationToken) => Task.FromResult(Describe());
}
