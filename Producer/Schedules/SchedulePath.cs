using System.Buffers;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>Names of schedules.</summary>
internal static class SchedulePath
{
    public const string Pattern = "^[A-Za-z0-9._~:-]{1,128}$";

    private const int MaxLength = 128;

    /// <summary>Names that cannot be used in a path.</summary>
    public static readonly string[] Reserved = [".", ".."];

    private static readonly SearchValues<char> Characters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:-");

    /// <summary>Why a name is none; null if it is.</summary>
    public static string? Problem(string name) =>
        name.Length is > 0 and <= MaxLength && !name.AsSpan().ContainsAnyExcept(Characters) && !Reserved.Contains(name) ? null
            : "must be 1 to 128 letters, digits and . _ ~ : -, and not . or ..";

    /// <summary>Why no name can begin like this; null if one can.</summary>
    public static string? PrefixProblem(string prefix) =>
        prefix.Length is > 0 and <= MaxLength && !prefix.AsSpan().ContainsAnyExcept(Characters) ? null
            : "must be 1 to 128 letters, digits and . _ ~ : -";

    public static ProblemHttpResult NotFound(string name) =>
        Problems.NotFound("There is no such schedule.", $"No schedule has the name '{name}'.");
}
