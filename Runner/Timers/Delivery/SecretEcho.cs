using System.Text;
using Contracts.Timers;

namespace Runner.Timers.Delivery;

/// <summary>Masks a webhook's credentials in what is kept of its answer: some receivers repeat what they got.</summary>
internal static class SecretEcho
{
    /// <summary>Shorter values would mask what has nothing to do with them, and protect nothing.</summary>
    private const int MinLength = 6;

    /// <summary>The beginning of a value, at the end of what is kept, that is masked, too.</summary>
    private const int MinBeginning = 4;

    private static ReadOnlySpan<byte> Mask => "********"u8;

    /// <summary>The result without the spec's credentials.</summary>
    public static Exchange Masked(Exchange result, TimerSpec spec)
    {
        if (ReferenceEquals(result, Exchange.NotBegun) || result is { Error: null, Response.IsEmpty: true })
        {
            return result;
        }

        return MaskedAll(result, SensitiveParts.ValuesOf(spec));
    }

    /// <summary>The result without what a request carried that its timer does not.</summary>
    public static Exchange Masked(Exchange result, params IEnumerable<string?> added) => MaskedAll(result, added.OfType<string>());

    private static Exchange MaskedAll(Exchange result, IEnumerable<string> all)
    {
        // The longest first: one may be part of another.
        var values = all.Where(value => value.Length >= MinLength).OrderByDescending(value => value.Length);
        var (error, response) = (result.Error, result.Response);
        var isCut = response.Length >= AttemptRecord.KeptResponseBytes;
        foreach (var value in values)
        {
            error = Masked(error, value);
            response = Masked(response, Encoding.UTF8.GetBytes(value), isCut);
        }

        return error == result.Error && response.Equals(result.Response) ? result : result with { Error = error, Response = response };
    }

    private static string? Masked(string? error, string value)
    {
        var masked = error?.Replace(value, SensitiveParts.Mask, StringComparison.Ordinal);
        return masked?.Length > AttemptRecord.KeptErrorCharacters ? masked[..AttemptRecord.KeptErrorCharacters] : masked;
    }

    /// <param name="response">What is kept of the answer.</param>
    /// <param name="value">What must not be in it.</param>
    /// <param name="isCut">Whether more of the answer came than is kept, so that it may end in the middle of a value.</param>
    private static ReadOnlyMemory<byte> Masked(ReadOnlyMemory<byte> response, ReadOnlySpan<byte> value, bool isCut)
    {
        var at = response.Span.IndexOf(value);
        var cut = isCut ? BeginningAtEnd(response.Span, value) : 0;
        if (at < 0 && cut == 0)
        {
            return response;
        }

        var masked = new List<byte>(response.Length);
        var rest = response.Span[..^cut];
        for (at = rest.IndexOf(value); at >= 0; at = rest.IndexOf(value))
        {
            masked.AddRange(rest[..at]);
            masked.AddRange(Mask);
            rest = rest[(at + value.Length)..];
        }

        masked.AddRange(rest);
        masked.AddRange(cut > 0 ? Mask : default);

        // A mask may be longer than what it stands for; what is kept has a bound.
        return masked.Take(AttemptRecord.KeptResponseBytes).ToArray();
    }

    /// <summary>How many bytes of a value the response ends with, which has been cut there.</summary>
    private static int BeginningAtEnd(ReadOnlySpan<byte> response, ReadOnlySpan<byte> value)
    {
        for (var length = Math.Min(value.Length - 1, response.Length); length >= MinBeginning; length--)
        {
            if (response.EndsWith(value[..length]))
            {
                return length;
            }
        }

        return 0;
    }
}
