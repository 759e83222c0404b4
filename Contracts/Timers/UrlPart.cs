using System.Runtime.InteropServices;

namespace Contracts.Timers;

/// <summary>A segment of an address's path, the value of one of its parameters, or what stands before its host.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">Its characters.</param>
/// <param name="NameStart">Where its parameter's name begins; -1 for a segment, and for a value without a name.</param>
/// <param name="NameLength">The name's characters.</param>
/// <param name="Segment">Its number in the path, from 0; -1 behind the path, -2 before the host.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UrlPart(int Start, int Length, int NameStart, int NameLength, int Segment)
{
    /// <summary>The fewest characters that a token without a telling name has.</summary>
    private const int MinTokenLength = 20;

    /// <summary>A user's name and password, which new timers are refused with, but older ones may have.</summary>
    private const int UserInfo = -2;

    /// <summary>How known issuers begin their tokens.</summary>
    private static readonly string[] Prefixes =
    [
        "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "sk_live_", "sk_test_", "rk_live_", "whsec_", "tmr_", "tms_",
        "AKIA", "npm_", "pypi-", "hf_", "SG.",
    ];

    /// <summary>The parts of an absolute address, in order.</summary>
    public static IEnumerable<UrlPart> Of(string url)
    {
        var authority = url.IndexOf("//", StringComparison.Ordinal) + 2;
        var at = authority < 2 ? url.Length : authority + LengthTo(url, authority, "/?#");
        if (at > authority && url.LastIndexOf('@', at - 1, at - authority) is >= 0 and var host)
        {
            yield return new UrlPart(authority, host - authority, -1, 0, UserInfo);
        }

        for (var segment = 0; at < url.Length && url[at] == '/'; segment++)
        {
            var length = LengthTo(url, at + 1, "/?#");
            yield return new UrlPart(at + 1, length, -1, 0, segment);
            at += 1 + length;
        }

        // The query, and what stands behind # in the same form.
        while (at < url.Length)
        {
            var start = at + 1;
            var length = LengthTo(url, start, "&;#");
            var equals = url.IndexOf('=', start, length);
            yield return equals < 0 ? new UrlPart(start, length, -1, 0, -1)
                : new UrlPart(equals + 1, start + length - equals - 1, start, equals - start, -1);
            at = start + length;
        }
    }

    /// <summary>Its characters.</summary>
    public ReadOnlySpan<char> Text(string url) => url.AsSpan(Start, Length);

    /// <summary>Whether it is a token that is not masked: by its parameter's name, or by its look.</summary>
    public bool IsSensitive(string url)
    {
        var text = Text(url);
        return Length > 0 && !text.SequenceEqual(SensitiveParts.Mask) && (Segment == UserInfo || IsNamedSo(url) || IsToken(text));
    }

    /// <summary>Whether it has the same place in its address as another part has in another address.</summary>
    public bool HasPlaceOf(UrlPart other, string url, string ofOther) => Segment == other.Segment && NameLength == other.NameLength
        && (NameStart < 0) == (other.NameStart < 0)
        && (NameStart < 0 || url.AsSpan(NameStart, NameLength).SequenceEqual(ofOther.AsSpan(other.NameStart, other.NameLength)));

    private static int LengthTo(string url, int start, string ends) =>
        url.AsSpan(start).IndexOfAny(ends) is >= 0 and var length ? length : url.Length - start;

    private static bool IsToken(ReadOnlySpan<char> text)
    {
        if (text.Length < MinTokenLength)
        {
            return false;
        }

        foreach (var prefix in Prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return (text.StartsWith("eyJ", StringComparison.Ordinal) && text.Count('.') == 2) || IsBot(text) || IsRandom(text);
    }

    /// <summary>Telegram's form, <c>bot123456:ABC…</c>: half of it are digits, which do not look random.</summary>
    private static bool IsBot(ReadOnlySpan<char> text) => text.StartsWith("bot", StringComparison.Ordinal)
        && text.IndexOf(':') is > 3 and var colon && !text[3..colon].ContainsAnyExceptInRange('0', '9');

    /// <summary>
    /// Of letters and digits at random two neighbours in three are of different kinds (capitals, small letters, digits); in words one in
    /// three at most. Digits and letters of one case alone are taken for ids.
    /// </summary>
    private static bool IsRandom(ReadOnlySpan<char> text)
    {
        var kinds = 0;
        var changes = 0;
        var latest = 0;
        foreach (var character in text)
        {
            var kind = char.IsAsciiLetterLower(character) ? 1
                : char.IsAsciiLetterUpper(character) ? 2
                : char.IsAsciiDigit(character) ? 4 : 0;
            if (kind == 0)
            {
                if (!"-_.~:=%+".Contains(character))
                {
                    return false;
                }

                continue;
            }

            changes += latest != 0 && kind != latest ? 1 : 0;
            kinds |= kind;
            latest = kind;
        }

        return kinds == 7 && changes * 5 >= text.Length * 2;
    }

    private bool IsNamedSo(string url)
    {
        if (NameStart < 0)
        {
            return false;
        }

        var name = url.AsSpan(NameStart, NameLength);
        return name.Contains('%') ? SensitiveNames.Are(Uri.UnescapeDataString(name.ToString())) : SensitiveNames.Are(name);
    }
}
