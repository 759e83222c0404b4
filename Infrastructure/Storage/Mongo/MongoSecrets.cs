namespace Infrastructure.Storage.Mongo;

/// <summary>Keeps a connection string's secrets out of messages.</summary>
internal static class MongoSecrets
{
    private const string Hidden = "***";

    /// <summary>The reason without the connection string itself, its password, and the values of options that may be secret.</summary>
    public static string Conceal(string reason, string connectionString)
    {
        if (connectionString.Length == 0)
        {
            return reason;
        }

        reason = reason.Replace(connectionString, Hidden, StringComparison.Ordinal);
        foreach (var secret in Secrets(connectionString).Where(part => part.Length > 0).OrderByDescending(part => part.Length))
        {
            if (reason.Contains(secret, StringComparison.Ordinal))
            {
                // To conceal so short a secret, its letters would have to be hidden everywhere.
                if (secret.Length < 3)
                {
                    return "it is not a connection string of MongoDB.";
                }

                reason = reason.Replace(secret, Hidden, StringComparison.Ordinal);
            }
        }

        return reason;
    }

    private static IEnumerable<string> Secrets(string text)
    {
        // Up to the last @, whatever it looks like: an unescaped @ or / in a password is a likely mistake.
        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = text.LastIndexOf('@');
        if (start >= 3 && end > start)
        {
            var user = text[start..end];
            var password = user[(user.IndexOf(':', StringComparison.Ordinal) + 1)..];
            foreach (var part in password.Split(':', '@', '/', '?', '&', '=').Append(password).Append(user))
            {
                yield return part;
                yield return Uri.UnescapeDataString(part);
            }
        }

        foreach (var option in text[(text.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&', ';'))
        {
            var parts = option.Split('=', 2);
            if (parts.Length == 2 && IsSecret(parts[0]))
            {
                yield return parts[1];
                yield return Uri.UnescapeDataString(parts[1]);
            }
        }
    }

    private static bool IsSecret(string option) =>
        option.Contains("password", StringComparison.OrdinalIgnoreCase)
            || option.Equals("authMechanismProperties", StringComparison.OrdinalIgnoreCase);
}
