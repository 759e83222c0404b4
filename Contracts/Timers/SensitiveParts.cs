using System.Text;

namespace Contracts.Timers;

/// <summary>
/// What of a webhook only its receiver may know: the values of headers that carry credentials, and tokens in its address. They are
/// write-only: what is shown has <see cref="Mask"/> in their place.
/// </summary>
public static class SensitiveParts
{
    /// <summary>Stands in the place of a value.</summary>
    public const string Mask = "********";

    /// <summary>Whether a spec has any that is not masked.</summary>
    public static bool AreIn(TimerSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return !ReferenceEquals(Masked(spec), spec);
    }

    /// <summary>The spec as it may be shown; the same one if nothing in it is sensitive.</summary>
    public static TimerSpec Masked(TimerSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var url = MaskedUrl(spec.Url.OriginalString);
        var headers = spec.Headers?.Any(IsShowing) == true
            ? spec.Headers.ToDictionary(header => header.Key, header => IsShowing(header) ? Mask : header.Value)
            : spec.Headers;
        return ReferenceEquals(url, spec.Url.OriginalString) && ReferenceEquals(headers, spec.Headers) ? spec
            : spec with { Url = AddressOf(url), Headers = headers };
    }

    /// <summary>Whether a header carries a credential, by its name.</summary>
    public static bool IsHeader(string name) => SensitiveNames.Are(name);

    /// <summary>Whether a header's value, or part of an address, is masked.</summary>
    public static bool IsMasked(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Contains(Mask, StringComparison.Ordinal);
    }

    /// <summary>An address with <see cref="Mask"/> for its tokens; the same text if it has none.</summary>
    public static string MaskedUrl(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        StringBuilder? masked = null;
        var copied = 0;
        foreach (var part in UrlPart.Of(url))
        {
            if (part.IsSensitive(url))
            {
                masked ??= new StringBuilder(url.Length);
                masked.Append(url, copied, part.Start - copied).Append(Mask);
                copied = part.Start + part.Length;
            }
        }

        return masked is null ? url : masked.Append(url, copied, url.Length - copied).ToString();
    }

    /// <summary>Puts what an address has in the place of each mask of another one: of the same parameter, or of the same segment.</summary>
    /// <param name="masked">An address with masks, as somebody has sent it back.</param>
    /// <param name="url">The address with its tokens.</param>
    /// <returns>Null if a mask stands where the address has no token.</returns>
    public static string? UnmaskedUrl(string masked, string url)
    {
        ArgumentNullException.ThrowIfNull(masked);
        ArgumentNullException.ThrowIfNull(url);
        if (!IsMasked(masked))
        {
            return masked;
        }

        var tokens = UrlPart.Of(url).Where(part => part.IsSensitive(url)).ToList();
        var unmasked = new StringBuilder();
        var copied = 0;
        foreach (var part in UrlPart.Of(masked).Where(part => part.Text(masked).SequenceEqual(Mask)))
        {
            var at = tokens.FindIndex(token => token.HasPlaceOf(part, url, masked));
            if (at < 0)
            {
                return null;
            }

            unmasked.Append(masked, copied, part.Start - copied).Append(tokens[at].Text(url));
            copied = part.Start + part.Length;
            tokens.RemoveAt(at);
        }

        var result = unmasked.Append(masked, copied, masked.Length - copied).ToString();
        return IsMasked(result) ? null : result;
    }

    /// <summary>A spec with the values of another one in the place of its masks.</summary>
    /// <param name="from">Where they are taken from.</param>
    /// <param name="masked">What somebody has sent back.</param>
    /// <returns>
    /// The same spec if it has no masks; and the members whose masks stand where the other has no value, each with a reason.
    /// </returns>
    public static (TimerSpec Spec, IReadOnlyList<(string Member, string Reason)> Missing) Restored(TimerSpec from, TimerSpec masked)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(masked);
        if (!HasMasks(masked))
        {
            return (masked, []);
        }

        var missing = new List<(string, string)>();
        var url = UnmaskedUrl(masked.Url.OriginalString, from.Url.OriginalString);
        if (url is null)
        {
            missing.Add(("url", "has a mask where the timer has no masked value to keep"));
        }

        Dictionary<string, string>? headers = null;
        foreach (var (name, value) in masked.Headers ?? new Dictionary<string, string>())
        {
            headers ??= [];
            headers[name] = value;
            if (value != Mask || !IsHeader(name))
            {
                continue;
            }

            var kept = from.Headers?.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
            if (kept is null or Mask)
            {
                missing.Add(($"headers.{name}", "is masked, and the timer has no such value to keep"));
            }
            else
            {
                headers[name] = kept;
            }
        }

        return (masked with { Url = url is null ? masked.Url : AddressOf(url), Headers = headers, Sealed = null }, missing);
    }

    /// <summary>Whether a spec has masks.</summary>
    public static bool HasMasks(TimerSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return IsMasked(spec.Url.OriginalString)
            || spec.Headers?.Any(header => header.Value == Mask && IsHeader(header.Key)) == true;
    }

    /// <summary>Whether two specs call the same scheme, host and port.</summary>
    public static bool HaveOneReceiver(TimerSpec one, TimerSpec other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return ReceiverOf(one.Url) == ReceiverOf(other.Url);
    }

    /// <summary>The scheme, host and port of an address, in lower case; empty for one that is not absolute.</summary>
    public static string ReceiverOf(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return url.IsAbsoluteUri ? url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped).ToLowerInvariant() : string.Empty;
    }

    /// <summary>The values themselves, so that whatever repeats them can be masked, too.</summary>
    public static IReadOnlyList<string> ValuesOf(TimerSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        List<string>? values = null;
        foreach (var header in spec.Headers ?? new Dictionary<string, string>())
        {
            if (IsShowing(header))
            {
                values ??= [];
                values.Add(header.Value);

                // Of "Bearer abc" a receiver is more likely to repeat the latter.
                if (header.Value.LastIndexOf(' ') is > 0 and var blank)
                {
                    values.Add(header.Value[(blank + 1)..]);
                }
            }
        }

        var url = spec.Url.OriginalString;
        foreach (var part in UrlPart.Of(url))
        {
            if (part.IsSensitive(url))
            {
                values ??= [];
                var value = part.Text(url).ToString();
                values.Add(value);
                if (value.Contains('%'))
                {
                    values.Add(Uri.UnescapeDataString(value));
                }
            }
        }

        return values ?? (IReadOnlyList<string>)[];
    }

    /// <summary>What others put on the log may be no value at all.</summary>
    private static bool IsShowing(KeyValuePair<string, string> header) =>
        !string.IsNullOrEmpty(header.Value) && header.Value != Mask && IsHeader(header.Key);

    /// <summary>What others put on the log may be no absolute address.</summary>
    private static Uri AddressOf(string url) => new(url, UriKind.RelativeOrAbsolute);
}
