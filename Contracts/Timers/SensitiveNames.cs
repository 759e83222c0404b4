namespace Contracts.Timers;

/// <summary>Names of headers and parameters that carry credentials.</summary>
internal static class SensitiveNames
{
    /// <summary>Wherever they stand in a name: <c>X-Auth-Token</c>, <c>clientSecret</c>.</summary>
    private static readonly string[] Parts =
    [
        "authoriz", "authent", "cookie", "token", "secret", "password", "passwd", "passphrase", "credential", "apikey", "accesskey",
        "privatekey", "authkey", "sharedkey", "signature", "bearer",
    ];

    /// <summary>Words of a name: <c>X-Auth</c>, <c>sig</c>.</summary>
    private static readonly string[] Words = ["auth", "jwt", "key", "pass", "pwd", "session", "sessionid", "sid", "sig"];

    /// <summary>Words before <c>key</c> with which it opens nothing: <c>Idempotency-Key</c>.</summary>
    private static readonly string[] HarmlessKeys =
        ["idempotency", "routing", "partition", "sort", "cache", "message", "object", "ordering", "deduplication", "group", "public"];

    /// <summary>Whether a name is one of them.</summary>
    public static bool Are(ReadOnlySpan<char> name)
    {
        Span<char> plain = stackalloc char[name.Length <= 256 ? name.Length : 0];
        if (plain.IsEmpty)
        {
            // No credential is known under so long a name; under one that is empty there is none either.
            return name.Length > 256;
        }

        var length = 0;
        foreach (var character in name)
        {
            if (char.IsAsciiLetterOrDigit(character))
            {
                plain[length++] = char.ToLowerInvariant(character);
            }
        }

        ReadOnlySpan<char> letters = plain[..length];
        foreach (var part in Parts)
        {
            if (letters.Contains(part, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return HasWord(name);
    }

    private static bool HasWord(ReadOnlySpan<char> name)
    {
        var before = ReadOnlySpan<char>.Empty;
        for (var start = 0; start < name.Length;)
        {
            var end = start;
            while (end < name.Length && char.IsAsciiLetterOrDigit(name[end])
                && (end == start || !char.IsAsciiLetterUpper(name[end]) || char.IsAsciiLetterUpper(name[end - 1])))
            {
                end++;
            }

            var word = name[start..end];
            if (IsOneOf(word, Words) && !(word.Equals("key", StringComparison.OrdinalIgnoreCase) && IsOneOf(before, HarmlessKeys)))
            {
                return true;
            }

            if (end > start)
            {
                before = word;
            }

            // Past what separates words; in camel case nothing does.
            start = end < name.Length && !char.IsAsciiLetterOrDigit(name[end]) ? end + 1 : end;
        }

        return false;
    }

    private static bool IsOneOf(ReadOnlySpan<char> word, string[] words)
    {
        foreach (var each in words)
        {
            if (word.Equals(each, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
