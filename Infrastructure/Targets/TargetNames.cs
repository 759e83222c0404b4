using System.Globalization;
using System.Text;

namespace Infrastructure.Targets;

/// <summary>What can be told of a host name without a look-up.</summary>
internal static class TargetNames
{
    /// <summary>Names that are never public: RFC 6762 and 8375, ICANN's and the IETF's names in private use, clusters' own.</summary>
    private static readonly string[] PrivateSuffixes =
        [".local", ".localdomain", ".internal", ".intranet", ".private", ".corp", ".home", ".lan", ".home.arpa", ".svc"];

    /// <summary>Blocks whose letters stand for plainer ones (Unicode's compatibility forms), first and last.</summary>
    private static readonly (int First, int Last)[] Variants =
        [(0x2100, 0x214f), (0xfb00, 0xfdff), (0xfe70, 0xfeff), (0xff00, 0xffef), (0x1d400, 0x1d7ff), (0x1f100, 0x1f2ff)];

    /// <summary>RFC 6761, section 6.3.</summary>
    public static bool IsLocalhost(string host) => host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal);

    /// <summary>Whether it is one that only a machine inside can know.</summary>
    public static bool IsPrivate(string host) =>
        !host.Contains('.') || Array.Exists(PrivateSuffixes, suffix => host.EndsWith(suffix, StringComparison.Ordinal));

    /// <summary>
    /// Letters, digits, hyphens and underscores, as resolvers take them; and not one that ends like an address (WHATWG URL, "ends in a
    /// number"): what is meant by it depends on who reads it.
    /// </summary>
    /// <param name="host">In lower case, as it is resolved, without a dot at its end.</param>
    public static bool Is(string host)
    {
        var labels = host.Split('.');
        return host.Length <= 253 && !EndsInNumber(labels[^1]) && Array.TrueForAll(
            labels,
            label => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
                && label.All(each => char.IsAsciiLetterOrDigit(each) || each is '-' or '_'));
    }

    /// <summary>
    /// Whether all characters beyond ASCII are letters that stand for themselves: of circled digits and wide letters some clients make
    /// plain ones (UTS 46), and others do not.
    /// </summary>
    /// <param name="host">As it stands in the URL.</param>
    public static bool IsPlain(string host)
    {
        foreach (var rune in host.EnumerateRunes())
        {
            if (!rune.IsAscii
                && (!IsLetter(rune) || Array.Exists(Variants, block => rune.Value >= block.First && rune.Value <= block.Last)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLetter(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.OtherLetter
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool EndsInNumber(string label) =>
        label.All(char.IsAsciiDigit) || (label.StartsWith("0x", StringComparison.Ordinal) && label[2..].All(char.IsAsciiHexDigit));
}
