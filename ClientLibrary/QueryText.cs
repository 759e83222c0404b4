using System.Globalization;
using System.Text;
using ClientLibrary.Json;

namespace ClientLibrary;

/// <summary>Writes the query of an address, without what is null.</summary>
internal sealed class QueryText
{
    private readonly StringBuilder text = new();

    public QueryText Add(string name, string? value)
    {
        if (value is not null)
        {
            text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return this;
    }

    public QueryText Add(string name, DateTimeOffset? value) => Add(name, value is { } instant ? InstantJson.ToText(instant) : null);

    public QueryText Add(string name, int? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public override string ToString() => text.ToString();
}
