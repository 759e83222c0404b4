using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Contracts.Timers;

/// <summary>Masks credentials in what looks like JSON but cannot be read as what it should be.</summary>
public static partial class SensitiveText
{
    /// <summary>
    /// Masks the values of all members whose names tell of credentials, and tokens in all addresses; of a value that ends with the text,
    /// too. Everything else stays as it is, byte for byte.
    /// </summary>
    /// <param name="utf8">Damaged or not.</param>
    public static ReadOnlyMemory<byte> Masked(ReadOnlyMemory<byte> utf8)
    {
        // One character a byte, and back: not every damaged text is UTF-8.
        var text = Encoding.Latin1.GetString(utf8.Span);
        var masked = Members().Replace(text, member => $"{member.Groups["before"].Value}{MaskedValue(member)}");
        return ReferenceEquals(masked, text) || masked == text ? utf8 : Encoding.Latin1.GetBytes(masked);
    }

    private static string MaskedValue(Match member)
    {
        var value = member.Groups["value"].Value;
        if (SensitiveNames.Are(member.Groups["name"].Value))
        {
            return value.Length == 0 ? value : SensitiveParts.Mask;
        }

        if (!value.StartsWith("http", StringComparison.OrdinalIgnoreCase))
        {
            return value;
        }

        string url;
        try
        {
            url = JsonSerializer.Deserialize<string>($"\"{value}\"", TimersJson.Default.String)!;
        }
        catch (JsonException)
        {
            return SensitiveParts.Mask;
        }

        var masked = SensitiveParts.MaskedUrl(url);
        return ReferenceEquals(masked, url) ? value : JsonEncodedText.Encode(masked).ToString();
    }

    [GeneratedRegex(
        """(?<before>"(?<name>(?>(?:[^"\\]|\\.)*))"\s*:\s*")(?<value>(?>(?:[^"\\]|\\.)*))""", RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Members();
}
