using System.Buffers;
using System.Text.Json;

namespace Producer.Http;

/// <summary>
/// Cuts the body of a bulk request into its items without building any of them: each is parsed by itself, so that one that is nested too
/// deeply or has duplicate names does not fail the rest.
/// </summary>
internal static class BatchBody
{
    /// <summary>Maximum number of items.</summary>
    public const int MaxItems = 10_000;

    /// <summary>Maximum size, decompressed.</summary>
    public const int MaxBytes = 10 * 1024 * 1024;

    /// <summary>One JSON object per line.</summary>
    public const string Ndjson = "application/x-ndjson";

    private const int MaxArrayDepth = 10_000;

    /// <summary>True for JSON lines.</summary>
    public static bool IsLines(HttpRequest request) =>
        request.ContentType?.StartsWith(Ndjson, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The items of a JSON array.</summary>
    /// <param name="body">The whole body, already decompressed.</param>
    /// <param name="things">What the items are, for the error.</param>
    /// <param name="errors">What is wrong with the whole.</param>
    /// <param name="minItems">Minimum number of items.</param>
    /// <returns>Null if it is none, or holds too few or too many.</returns>
    public static List<(long Start, long Length)>? CutArray(
        ReadOnlySequence<byte> body, string things, FieldErrors errors, int minItems = 1)
    {
        var items = new List<(long Start, long Length)>();
        try
        {
            var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxArrayDepth });
            if (!json.Read() || json.TokenType != JsonTokenType.StartArray)
            {
                json.Skip();
                while (json.Read())
                {
                    // What follows may be no JSON at all, and then that is what is wrong.
                }

                errors.Add("$", $"must be a JSON array of {things}");
                return null;
            }

            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                var start = json.TokenStartIndex;
                json.Skip();
                if (items.Count <= MaxItems)
                {
                    items.Add((start, json.BytesConsumed - start));
                }
            }

            while (json.Read())
            {
                // Nothing may follow; the reader throws if something does.
            }
        }
        catch (JsonException error)
        {
            errors.Add("$", JsonBody.Describe(error, MaxArrayDepth));
            return null;
        }

        return IsCountAllowed(items.Count, things, errors, minItems) ? items : null;
    }

    /// <summary>The lines that are not blank.</summary>
    /// <param name="body">The whole body, already decompressed.</param>
    /// <param name="things">What the items are, for the error.</param>
    /// <param name="errors">What is wrong with the whole.</param>
    /// <returns>Null if it holds too few or too many.</returns>
    public static List<(long Start, long Length)>? CutLines(ReadOnlySequence<byte> body, string things, FieldErrors errors)
    {
        var items = new List<(long Start, long Length)>();
        var rest = new SequenceReader<byte>(body);
        while (!rest.End)
        {
            var start = rest.Consumed;
            if (!rest.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
            {
                line = rest.UnreadSequence;
                rest.AdvanceToEnd();
            }

            if (!IsBlank(line) && items.Count <= MaxItems)
            {
                items.Add((start, line.Length));
            }
        }

        return IsCountAllowed(items.Count, things, errors) ? items : null;
    }

    private static bool IsCountAllowed(int count, string things, FieldErrors errors, int minItems = 1)
    {
        if (count >= minItems && count <= MaxItems)
        {
            return true;
        }

        errors.Add("$", $"must hold {minItems} to {MaxItems} {things}");
        return false;
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (var part in line)
        {
            if (part.Span.ContainsAnyExcept(" \t\r"u8))
            {
                return false;
            }
        }

        return true;
    }
}
