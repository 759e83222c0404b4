using System.Text.Json;

namespace Client.Connections;

/// <summary>Reads what a webhook sends from the options of a command.</summary>
internal static class WebhookOptions
{
    /// <summary>Headers as NAME: VALUE, which the options have checked.</summary>
    /// <exception cref="UsageException">One is given twice.</exception>
    public static Dictionary<string, string> ReadHeaders(string[] given)
    {
        var read = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in given)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            if (!read.TryAdd(header[..colon].Trim(), header[(colon + 1)..].Trim()))
            {
                throw new UsageException($"The header {header[..colon].Trim()} is given twice.");
            }
        }

        return read;
    }

    /// <summary>JSON as it is, anything else as text.</summary>
    public static JsonElement ToContent(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(text);
        }
    }
}
