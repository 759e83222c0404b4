using System.Diagnostics.CodeAnalysis;
using System.Text;
using Contracts.Sites;

namespace Producer.Sites;

/// <summary>A filter by a property, written <c>name:value</c>. In the name <c>\:</c> is a colon, and <c>\\</c> a backslash.</summary>
internal static class PropertyFilter
{
    /// <returns>False without a name, a colon, or for a backslash before anything else.</returns>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? name, [NotNullWhen(true)] out string? value)
    {
        (name, value) = (null, null);
        var read = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == ':')
            {
                (name, value) = (read.ToString(), text[(i + 1)..]);
                return read.Length is > 0 and <= SiteLimits.MaxPropertyName;
            }

            if (text[i] == '\\' && (++i == text.Length || text[i] is not (':' or '\\')))
            {
                return false;
            }

            read.Append(text[i]);
        }

        return false;
    }
}
