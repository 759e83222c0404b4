using System.Collections.Concurrent;
using Contracts.Live;

namespace Tests.Support;

/// <summary>Keeps what watchers would be told.</summary>
internal sealed class RecordedNotices : ILiveNotices
{
    private readonly ConcurrentQueue<string> told = [];

    /// <summary>The keys in order, behind each the groups that it has left; <c>*</c> with the tenant for anything.</summary>
    public IReadOnlyList<string> Told => [.. told];

    public void Note(string tenant, string feed, string key, IReadOnlyCollection<string>? left = null) =>
        told.Enqueue(left is { Count: > 0 } ? $"{key} left {string.Join(',', left)}" : key);

    public void NoteAll(string tenant, string feed) => told.Enqueue($"* {tenant}");
}
