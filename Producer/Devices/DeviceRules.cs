using Contracts.Storage;
using Infrastructure.Devices;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Devices;

/// <summary>The rules for single fields.</summary>
internal static class DeviceRules
{
    public const int MaxIdLength = 255;
    public const int MaxNameLength = 255;
    public const int MaxTags = 20;
    public const int MaxTagLength = 64;
    public const int MaxReasonLength = 1_000;
    public static readonly TimeSpan MinQuiet = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan MaxQuiet = TimeSpan.FromDays(3_650);

    /// <summary>Ids that cannot be used in a path: routing reads them differently.</summary>
    private static readonly string[] ReservedIds = [".", "..", "readings", "adjustments", "export"];

    /// <summary>Why an id is not valid; null if it is.</summary>
    public static string? IdProblem(string? id) => id is null ? "is required"
        : EventRules.TextProblem(id, 1, MaxIdLength) is { } problem ? problem
        : id.Contains('/') || ReservedIds.Contains(id, StringComparer.Ordinal)
            ? $"must not contain a slash, and none of the words {string.Join(", ", ReservedIds)}"
            : null;

    /// <summary>Why an id in a path is not valid; null if it is. With a slash in it, it would look like one with %2F.</summary>
    public static string? PathProblem(HttpContext context, string id) => IdProblem(PathText.Last(context, id) ?? "/");

    /// <summary>Why a reading at this instant cannot be accepted; null if it can.</summary>
    public static string? TimestampProblem(DateTimeOffset? at, IStoreClock clock, IOptions<DeviceOptions> options) =>
        at is { } instant ? EventRules.InstantProblem(instant, clock.Latest, options.Value.Retention) : "is required";

    public static IEnumerable<(string Field, string Reason)> TagProblems(IReadOnlyList<string>? tags)
    {
        if (tags?.Count > MaxTags)
        {
            yield return ("tags", $"must not be more than {MaxTags}");
            yield break;
        }

        for (var i = 0; i < tags?.Count; i++)
        {
            if (EventRules.TextProblem(tags[i], 1, MaxTagLength) is { } problem)
            {
                yield return ($"tags[{i}]", problem);
            }
        }
    }
}
