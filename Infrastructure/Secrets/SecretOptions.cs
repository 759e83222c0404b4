using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Text;

namespace Infrastructure.Secrets;

/// <summary>What secrets are encrypted with in the store.</summary>
public sealed class SecretOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Secrets";

    private const int KeyBytes = 32;

    private static readonly char[] Separators = [',', ' ', '\t', '\r', '\n'];

    /// <summary>
    /// Base64 of 32 random bytes, as <c>timers secrets generate-key</c> makes them; several separated by commas: the first encrypts, all
    /// decrypt. Default none; embedded, a key is then made in the data folder.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>A file that holds them instead, one a line. Default none.</summary>
    public string? KeyFile { get; set; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrWhiteSpace(Key) && !string.IsNullOrWhiteSpace(KeyFile))
        {
            yield return new ValidationResult("is given twice, here and in KeyFile.", [nameof(Key)]);
        }

        string? text = null;
        string? unreadable = null;
        try
        {
            text = ReadText();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            unreadable = error.Message;
        }

        if (unreadable is not null)
        {
            yield return new ValidationResult($"cannot be read: {unreadable}", [nameof(KeyFile)]);
        }
        else if (text is not null && !TryParse(text, out _))
        {
            yield return new ValidationResult(
                "must be base64 of 32 bytes, or several of them separated by commas. Make one with: timers secrets generate-key",
                [string.IsNullOrWhiteSpace(Key) ? nameof(KeyFile) : nameof(Key)]);
        }
    }

    /// <summary>The configured keys, the one that encrypts first; empty for none.</summary>
    internal IReadOnlyList<byte[]> ReadKeys() => ReadText() is { } text && TryParse(text, out var keys) ? keys : [];

    /// <summary>Reads keys in their written form; false if one is wrong, or there is none.</summary>
    internal static bool TryParse(string text, out List<byte[]> keys)
    {
        keys = [];
        foreach (var part in text.Split(Separators, StringSplitOptions.RemoveEmptyEntries))
        {
            var key = new byte[KeyBytes];
            if (!Base64.IsValid(Encoding.UTF8.GetBytes(part), out var length) || length != KeyBytes
                || !Convert.TryFromBase64String(part, key, out _))
            {
                return false;
            }

            keys.Add(key);
        }

        return keys.Count > 0;
    }

    private string? ReadText() => !string.IsNullOrWhiteSpace(Key) ? Key
        : string.IsNullOrWhiteSpace(KeyFile) ? null : File.ReadAllText(KeyFile);
}
