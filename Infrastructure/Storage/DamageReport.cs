using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Infrastructure.Storage;

/// <summary>
/// What of the stored data could not be read since the start. It does not mend itself, so it is told until the next start.
/// </summary>
internal sealed partial class DamageReport
{
    /// <summary>How many are told apart; of further ones the first say enough.</summary>
    private const int MaxTold = 1_000;

    private readonly ILogger logger;
    private readonly ConcurrentDictionary<string, bool> told = new(StringComparer.Ordinal);
    private volatile string? first;

    /// <param name="log">Told of each damage once; null for none.</param>
    public DamageReport(ILogger? log = null) => logger = log ?? NullLogger.Instance;

    /// <summary>The first damage, and how many more there are; null while there is none.</summary>
    public string? Summary => first is { } one ? told.Count > 1 ? $"{one} There are {told.Count - 1} more, see the log." : one : null;

    /// <param name="damage">What is damaged, by its name: a sentence.</param>
    public void Add(string damage)
    {
        if (told.Count < MaxTold && told.TryAdd(damage, true))
        {
            first ??= damage;
            LogDamage(damage);
        }
    }

    [LoggerMessage(4201, LogLevel.Error, "Stored data is damaged: {Damage}")]
    private partial void LogDamage(string damage);
}
