using System.Buffers;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Xml;
using Contracts.Common;

namespace Client.Printing;

/// <summary>Options that are read as people write them.</summary>
internal static class Inputs
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("d", TimeSpan.FromDays(1)), ("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1)),
        ("s", TimeSpan.FromSeconds(1)),
    ];

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>An instant with its offset, such as 2030-01-31T08:00:00Z.</summary>
    public static Option<DateTimeOffset?> Instant(string name, string description) => new(name)
    {
        Description = $"{description} With its offset, such as 2030-01-31T08:00:00Z.",
        CustomParser = result => Read<DateTimeOffset>(
            result, text => Rfc3339.TryRead(text, out var instant) ? instant : null, "an instant such as 2030-01-31T08:00:00Z"),
    };

    /// <summary>A duration, such as 90s, 1h30m or PT1H30M.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        Description = $"{description} Such as 90s, 1h30m, 2d or PT1H30M.",
        CustomParser = result => Read<TimeSpan>(
            result, text => TryDuration(text, out var length) ? length : null, "a duration such as 90s or PT1H30M"),
    };

    /// <summary>A number within bounds.</summary>
    public static Option<int?> Whole(string name, string description, int min, int max) => new(name)
    {
        Description = $"{description} {min} to {max}.",
        CustomParser = result => Read<int>(
            result,
            text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= min && number <= max ? number : null,
            $"from {min} to {max}"),
    };

    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text.StartsWith('P'))
        {
            try
            {
                duration = XmlConvert.ToTimeSpan(text);
                return duration >= TimeSpan.Zero;
            }
            catch (Exception error) when (error is FormatException or OverflowException)
            {
                return false;
            }
        }

        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0
                || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var (unit, length) = First(rest);
            if (unit is null || number * length.Ticks >= (TimeSpan.MaxValue - duration).Ticks)
            {
                return false;
            }

            duration += number * length;
            rest = rest[unit.Length..];
        }

        return text.Length > 0;
    }

    private static (string? Unit, TimeSpan Length) First(ReadOnlySpan<char> text)
    {
        foreach (var each in Units)
        {
            if (text.StartsWith(each.Unit, StringComparison.Ordinal))
            {
                return each;
            }
        }

        return (null, default);
    }

    private static T? Read<T>(ArgumentResult result, Func<string, T?> read, string expected)
        where T : struct
    {
        if (read(result.Tokens[0].Value) is { } value)
        {
            return value;
        }

        result.AddError($"{(result.Parent as OptionResult)?.Option.Name} must be {expected}.");
        return null;
    }
}
