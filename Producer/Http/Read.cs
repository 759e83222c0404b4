using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Contracts.Common;

namespace Producer.Http;

/// <summary>Reads one field of a JSON request; a value of the wrong kind is reported, and reading continues.</summary>
internal static class Read
{
    public const string Rfc3339Form = "must be an RFC 3339 instant with an offset, such as 2030-01-31T08:00:00.000Z";
    private const string DurationForm =
        "must be an ISO 8601 duration such as PT1H30M or PT0.5S, or {\"hours\":0,\"minutes\":0,\"seconds\":0}";

    public static string? Text(JsonElement value, string field, FieldErrors errors)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.String:
                try
                {
                    return value.GetString();
                }
                catch (InvalidOperationException)
                {
                    errors.Add(field, "holds half of a surrogate pair");
                    return null;
                }

            default:
                errors.Add(field, "must be a string");
                return null;
        }
    }

    public static bool? Flag(JsonElement value, string field, FieldErrors errors)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null)
        {
            return value.ValueKind == JsonValueKind.Null ? null : value.ValueKind == JsonValueKind.True;
        }

        errors.Add(field, "must be true or false");
        return null;
    }

    public static int? Integer(JsonElement value, string field, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && (value.TryGetInt32(out var number) || TryWhole(value, out number)))
        {
            return number;
        }

        errors.Add(field, "must be a whole number");
        return null;
    }

    /// <summary>3.0 and 3e1 are whole numbers, too (JSON Schema 2020-12 §6.1.1).</summary>
    private static bool TryWhole(JsonElement value, out int number)
    {
        number = 0;
        if (!value.TryGetDecimal(out var exact) || !TryWhole(exact, out var whole) || whole is < int.MinValue or > int.MaxValue)
        {
            return false;
        }

        number = (int)whole;
        return true;
    }

    /// <summary>A number that is whole and has 64 bits at most.</summary>
    public static bool TryWhole(decimal exact, out long number)
    {
        var isWhole = exact == decimal.Truncate(exact) && exact is >= long.MinValue and <= long.MaxValue;
        number = isWhole ? (long)exact : 0;
        return isWhole;
    }

    /// <summary>A whole number of a query, within bounds; 3.0 is one.</summary>
    public static bool TryWhole(string text, int min, int max, out int number)
    {
        var isWhole = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var exact)
            && exact == decimal.Truncate(exact) && exact >= min && exact <= max;
        number = isWhole ? (int)exact : 0;
        return isWhole;
    }

    public static double? Number(JsonElement value, string field, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number))
        {
            return number;
        }

        errors.Add(field, "must be a number");
        return null;
    }

    public static DateTimeOffset? Instant(JsonElement value, string field, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && Text(value, field, errors) is { } text && Rfc3339.TryRead(text, out var instant))
        {
            return instant;
        }

        if (!errors.Has(field))
        {
            errors.Add(field, Rfc3339Form);
        }

        return null;
    }

    /// <summary>An instant in a query string, where a plus sign that nobody escaped arrives as a space.</summary>
    public static bool TryQueryInstant(string text, out DateTimeOffset instant) => Rfc3339.TryRead(text.Replace(' ', '+'), out instant);

    public static TimeSpan? Duration(JsonElement value, string field, FieldErrors errors)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.String when Text(value, field, errors) is { } text && IsoDuration.TryRead(text, out var duration):
                return duration;
            case JsonValueKind.Object:
                return DurationObject(value, field, errors);
            default:
                if (!errors.Has(field))
                {
                    errors.Add(field, DurationForm);
                }

                return null;
        }
    }

    public static RawContent? Content(JsonElement value, string field, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return Text(value, field, errors) is { } text ? new RawContent(System.Text.Encoding.UTF8.GetBytes(text), IsJson: false) : null;
        }

        return new RawContent(JsonMarshal.GetRawUtf8Value(value).ToArray(), IsJson: true);
    }

    public static IReadOnlyList<string>? Texts(JsonElement value, string field, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            errors.Add(field, "must be an array of strings");
            return null;
        }

        var texts = new List<string>(Math.Min(value.GetArrayLength(), 64));
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (Text(item, $"{field}[{index}]", errors) is { } text)
            {
                texts.Add(text);
            }
            else if (item.ValueKind == JsonValueKind.Null)
            {
                errors.Add($"{field}[{index}]", "must be a string");
            }

            index++;
        }

        return texts;
    }

    public static IReadOnlyList<TimeSpan>? Durations(JsonElement value, string field, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            errors.Add(field, "must be an array of durations");
            return null;
        }

        var durations = new List<TimeSpan>(Math.Min(value.GetArrayLength(), 64));
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (Duration(item, $"{field}[{index}]", errors) is { } duration)
            {
                durations.Add(duration);
            }
            else if (item.ValueKind == JsonValueKind.Null)
            {
                errors.Add($"{field}[{index}]", DurationForm);
            }

            index++;
        }

        return durations;
    }

    public static IReadOnlyDictionary<string, string>? TextMap(JsonElement value, string field, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            errors.Add(field, "must be an object of strings");
            return null;
        }

        var map = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in value.EnumerateObject())
        {
            var path = $"{field}.{item.Name}";
            if (Text(item.Value, path, errors) is not { } text)
            {
                if (item.Value.ValueKind == JsonValueKind.Null)
                {
                    errors.Add(path, "must be a string");
                }
            }
            else if (!map.TryAdd(item.Name, text))
            {
                errors.Add(path, "stands there twice, in another case");
            }
        }

        return map;
    }

    private static TimeSpan? DurationObject(JsonElement value, string field, FieldErrors errors)
    {
        double seconds = 0;
        var any = false;
        foreach (var part in value.EnumerateObject())
        {
            var path = $"{field}.{part.Name}";
            double? unit = part.Name switch { "hours" => 3600, "minutes" => 60, "seconds" => 1, _ => null };
            if (unit is null)
            {
                errors.Add(path, "is not a known field; known are hours, minutes, seconds");
            }
            else if (part.Value.ValueKind == JsonValueKind.Null)
            {
                errors.Add(path, "must be a number");
            }
            else if (Number(part.Value, path, errors) is { } number)
            {
                any = true;
                if (number < 0)
                {
                    errors.Add(path, "must not be negative");
                }
                else
                {
                    seconds += number * unit.Value;
                }
            }
        }

        if (!any)
        {
            if (!errors.Any)
            {
                errors.Add(field, DurationForm);
            }

            return null;
        }

        // A value that cannot be represented exceeds every bound; the validator names the bound.
        return seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
    }
}
