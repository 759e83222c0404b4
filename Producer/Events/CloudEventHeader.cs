using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Producer.Events;

/// <summary>Values of the headers that a binary CloudEvent's attributes are (HTTP protocol binding 1.0.2, 3.1.3.2).</summary>
internal static class CloudEventHeader
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// A text in double quotes is unescaped first, as senders of earlier versions wrote it; then one round of percent-decoding.
    /// </summary>
    /// <returns>False for quotes that do not end, for a percent sign without two digits, and for bytes that are no UTF-8.</returns>
    public static bool TryDecode(string value, [NotNullWhen(true)] out string? text)
    {
        text = null;
        var bytes = new List<byte>(value.Length);
        if (!TryUnquote(value, out var unquoted))
        {
            return false;
        }

        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < unquoted.Length;)
        {
            if (unquoted[i] == '%')
            {
                if (i + 2 >= unquoted.Length || !byte.TryParse(
                    unquoted.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var one))
                {
                    return false;
                }

                bytes.Add(one);
                i += 3;
                continue;
            }

            if (!Rune.TryGetRuneAt(unquoted, i, out var rune))
            {
                return false;
            }

            bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
            i += rune.Utf16SequenceLength;
        }

        try
        {
            text = Utf8.GetString([.. bytes]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>A quoted string of RFC 7230 §3.2.6; anything else stays as it is.</summary>
    private static bool TryUnquote(string value, out string text)
    {
        text = value;
        if (value.Length == 0 || value[0] != '"')
        {
            return true;
        }

        var unquoted = new StringBuilder(value.Length);
        for (var i = 1; i < value.Length; i++)
        {
            if (value[i] == '"')
            {
                text = unquoted.ToString();
                return i == value.Length - 1;
            }

            if (value[i] == '\\' && ++i == value.Length)
            {
                return false;
            }

            unquoted.Append(value[i]);
        }

        return false;
    }
}
