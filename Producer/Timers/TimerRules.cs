using System.Buffers;
using Contracts.Common;
using Contracts.Timers;
using Producer.Http;

namespace Producer.Timers;

/// <summary>The rules for single fields, shared by creating and changing.</summary>
internal static class TimerRules
{
    public const int MaxBodyBytes = 256 * 1024;
    public const int MaxMetadataBytes = 16 * 1024;
    public const int MaxHeaders = 50;
    public const int MaxHeaderBytes = 16 * 1024;
    public const int MaxTags = 20;
    public const int MaxTagLength = 64;
    public const int MaxIdLength = 128;
    public const int MaxIdempotencyKeyLength = 255;
    public static readonly TimeSpan MaxPast = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(60);

    private const int YearsAhead = 10;
    private const string IdForm = "must be 1 to 128 letters, digits and . _ ~ : -, and none of the words ., .., stats and stream";

    /// <summary>Ids that cannot be used in a path: routing reads them differently.</summary>
    public static readonly string[] ReservedIds = [".", "..", "stats", "stream"];

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:-");

    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "host", "connection", "content-length", "transfer-encoding", "keep-alive", "te", "trailer", "upgrade", "expect",
    };

    private static readonly string[] OwnHeaderPrefixes = ["webhook-", "timer-", "proxy-"];

    public static bool IsId(string text) =>
        text.Length is > 0 and <= MaxIdLength && !text.AsSpan().ContainsAnyExcept(IdCharacters)
            && !ReservedIds.Contains(text, StringComparer.OrdinalIgnoreCase);

    /// <summary>Why an id is not valid; null if it is.</summary>
    public static string? IdProblem(string? id) => id is null || IsId(id) ? null : IdForm;

    public static bool IsIdempotencyKey(string text) =>
        text.Length is > 0 and <= MaxIdempotencyKeyLength && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <param name="name">With - for _: many receivers cannot tell them apart, as with CGI's HTTP_WEBHOOK_SIGNATURE.</param>
    private static bool IsOwnHeader(string name) =>
        OwnHeaders.Contains(name) || OwnHeaderPrefixes.Any(own => name.StartsWith(own, StringComparison.OrdinalIgnoreCase));

    /// <summary>What is wrong with an instant that has gone by.</summary>
    public const string Past = "must not lie in the past by more than a minute";

    public static string? DueProblem(DateTimeOffset? dueAt, DateTimeOffset now) => dueAt switch
    {
        null => null,
        { } due when due < now - MaxPast => Past,
        { } due when due > now.AddYears(YearsAhead) => $"must not lie more than {YearsAhead} years ahead",
        _ => null,
    };

    public static string? DelayProblem(TimeSpan? delay, DateTimeOffset now) => delay switch
    {
        null => null,
        { } time when time < TimeSpan.Zero => "must not be negative",
        { } time when time > now.AddYears(YearsAhead) - now => $"must not be longer than {YearsAhead} years",
        _ => null,
    };

    public static string? MaxDelayProblem(TimeSpan? delay, DateTimeOffset now) =>
        delay < TimeSpan.FromMilliseconds(1) ? "must be at least PT0.001S" : DelayProblem(delay, now);

    /// <summary>What is wrong with an expiry that has gone by.</summary>
    public const string ExpiryPast = "must lie in the future";

    /// <summary>What is wrong with an expiry that leaves no time for the timer.</summary>
    public const string ExpiryBeforeDue = "must be later than the due instant";

    /// <summary>What is wrong with an age that the timer has reached.</summary>
    public const string AgeOver = "leaves no time: maxAge is counted from the due instant, and has passed";

    /// <summary>What is wrong with two expiries.</summary>
    public const string TwoExpiries = "and maxAge exclude each other: give one";

    public static string? ExpiryProblem(DateTimeOffset? expiresAt, DateTimeOffset now) => expiresAt switch
    {
        null => null,
        { } end when end <= now => ExpiryPast,
        { } end when end > now.AddYears(2 * YearsAhead) => $"must not lie more than {2 * YearsAhead} years ahead",
        _ => null,
    };

    public static string? MaxAgeProblem(TimeSpan? age, DateTimeOffset now) => MaxDelayProblem(age, now);

    public static string? MethodProblem(string? method) =>
        method is null || Methods.Contains(method) ? null : "must be one of GET, POST, PUT, PATCH, DELETE";

    public static string? PolicyProblem(string? policy) => policy is null or "redeliver" or "park" ? null : "must be redeliver or park";

    public static string? ConflictProblem(string? policy) =>
        policy is null or "return" or "reject" or "replace" ? null : "must be return, reject or replace";

    public static string? TimeoutProblem(TimeSpan? timeout) =>
        timeout is null || (timeout >= MinTimeout && timeout <= MaxTimeout) ? null : "must be from PT0.1S to PT60S";

    public static string? BodyProblem(RawContent? body) =>
        body is null || body.Utf8.Length <= MaxBodyBytes ? null : "must not be larger than 256 KiB";

    public static string? MetadataProblem(RawContent? metadata) => metadata switch
    {
        null => null,
        { Utf8.Length: > MaxMetadataBytes } => "must not be larger than 16 KiB",
        { IsJson: true } when metadata.Utf8.Span.TrimStart(" \t\r\n"u8)[0] == (byte)'{' => null,
        _ => "must be a JSON object",
    };

    /// <summary>Why a tag cannot be searched for; null if it can.</summary>
    public static string? TagProblem(string? tag) =>
        tag is null or { Length: > 0 and <= MaxTagLength } ? null : $"must have 1 to {MaxTagLength} characters";

    public static IEnumerable<(string Field, string Reason)> TagProblems(IReadOnlyList<string>? tags)
    {
        if (tags is null)
        {
            yield break;
        }

        if (tags.Count > MaxTags)
        {
            yield return ("tags", $"must not be more than {MaxTags}");
            yield break;
        }

        for (var i = 0; i < tags.Count; i++)
        {
            if (tags[i].Length is 0 or > MaxTagLength || tags[i].Any(char.IsControl))
            {
                yield return ($"tags[{i}]", $"must have 1 to {MaxTagLength} characters, none of them control characters");
            }
        }
    }

    public static IEnumerable<(string Field, string Reason)> HeaderProblems(IReadOnlyDictionary<string, string>? headers)
    {
        if (headers is null)
        {
            yield break;
        }

        if (headers.Count > MaxHeaders || headers.Sum(header => header.Key.Length + header.Value.Length) > MaxHeaderBytes)
        {
            yield return ("headers", $"must not be more than {MaxHeaders}, nor more than 16 KiB together");
            yield break;
        }

        foreach (var (name, value) in headers)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters))
            {
                yield return ($"headers.{name}", "must have a name of letters, digits and !#$%&'*+-.^_`|~");
            }
            else if (IsOwnHeader(name.Replace('_', '-')))
            {
                yield return ($"headers.{name}", "is set by delivery itself");
            }

            // Line breaks would inject headers; non-ASCII characters have no agreed meaning (RFC 9110 §5.5).
            if (value.Any(character => character is not ('\t' or (>= ' ' and <= '~'))))
            {
                yield return ($"headers.{name}", "must hold visible ASCII characters, spaces and tabs only");
            }
        }
    }

    public static IEnumerable<(string Field, string Reason)> RetryProblems(RetryRequest? retry)
    {
        if (retry is null)
        {
            yield break;
        }

        if (retry.Delays is not null)
        {
            if (retry.Attempts is not null || retry.FirstDelay is not null || retry.Factor is not null || retry.Maximum is not null)
            {
                yield return ("retry.delays", "stands in place of attempts, firstDelay, factor and maximum: give one or the other");
            }

            if (retry.Delays.Count is 0 or >= RetryPolicy.MaxAttempts)
            {
                yield return ("retry.delays", $"must be 1 to {RetryPolicy.MaxAttempts - 1}");
            }

            for (var i = 0; i < Math.Min(retry.Delays.Count, RetryPolicy.MaxAttempts); i++)
            {
                if (!Within(retry.Delays[i], TimeSpan.FromDays(7)))
                {
                    yield return ($"retry.delays[{i}]", "must be from PT0.001S to P7D");
                }
            }
        }

        if (retry.Attempts is < 1 or > RetryPolicy.MaxAttempts)
        {
            yield return ("retry.attempts", $"must be from 1 to {RetryPolicy.MaxAttempts}");
        }

        if (retry.FirstDelay is { } first && !Within(first, TimeSpan.FromDays(1)))
        {
            yield return ("retry.firstDelay", "must be from PT0.001S to P1D");
        }

        if (retry.Factor is < 1 or > 10)
        {
            yield return ("retry.factor", "must be from 1 to 10");
        }

        if (retry.Maximum is { } maximum && !Within(maximum, TimeSpan.FromDays(7)))
        {
            yield return ("retry.maximum", "must be from PT0.001S to P7D");
        }

        if (retry.Jitter is < 0 or > 1)
        {
            yield return ("retry.jitter", "must be from 0 to 1");
        }
    }

    /// <summary>The rules for all fields except the address, the instant and the id.</summary>
    public static void CheckContent<TRequest>(this FieldValidator<TRequest> validator)
        where TRequest : TimerRequest
    {
        validator.Check(request => request.Method, MethodProblem);
        validator.CheckParts(request => request.Headers, HeaderProblems);
        validator.Check(request => request.Body, BodyProblem);
        validator.CheckParts(request => request.Retry, RetryProblems);
        validator.Check(request => request.OnAmbiguous, PolicyProblem);
        validator.Check(request => request.Timeout, TimeoutProblem);
        validator.CheckParts(request => request.Tags, TagProblems);
        validator.Check(request => request.Metadata, MetadataProblem);
    }

    private static bool Within(TimeSpan time, TimeSpan max) => time >= TimeSpan.FromMilliseconds(1) && time <= max;
}
