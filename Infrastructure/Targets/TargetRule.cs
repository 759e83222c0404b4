using System.Globalization;
using System.Net;

namespace Infrastructure.Targets;

/// <summary>One entry of a list of targets: a network or a name, and a port if only that one is meant.</summary>
internal sealed record TargetRule
{
    private IPNetwork? Network { get; init; }

    private string? Name { get; init; }

    private bool WithBelow { get; init; }

    private int? Port { get; init; }

    /// <summary>Whether it is about names: what such a name leads to is not looked at.</summary>
    public bool IsName => Name is not null;

    /// <summary>Whether it is about one port.</summary>
    public bool HasPort => Port is not null;

    /// <summary>Reads a list of entries.</summary>
    /// <param name="text">Separated by commas.</param>
    /// <param name="wrong">The entries that cannot be read.</param>
    public static List<TargetRule> ParseAll(string text, out List<string> wrong)
    {
        var rules = new List<TargetRule>();
        wrong = [];
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Parse(entry) is { } rule)
            {
                rules.Add(rule);
            }
            else
            {
                wrong.Add(entry);
            }
        }

        return rules;
    }

    /// <summary>Whether it is about a name as it stands in a URL.</summary>
    /// <param name="host">In lower case, without a dot at its end.</param>
    /// <param name="port">The port that the URL names, or its scheme's.</param>
    public bool Covers(string host, int port) =>
        Name is not null && (Port is null || Port == port)
        && (host == Name || (WithBelow && host.Length > Name.Length && host.EndsWith(Name, StringComparison.Ordinal)
            && host[^(Name.Length + 1)] == '.'));

    /// <summary>Whether it is about an address.</summary>
    public bool Covers(IPAddress address, int port) =>
        Network is { } network && (Port is null || Port == port) && network.Contains(address);

    private static TargetRule? Parse(string entry)
    {
        var (target, port) = Split(entry);
        if (port is <= 0 or > 65_535)
        {
            return null;
        }

        if (IPNetwork.TryParse(target, out var network))
        {
            return new TargetRule { Network = network, Port = port };
        }

        if (IPAddress.TryParse(target, out var address))
        {
            return new TargetRule { Network = new IPNetwork(address, address.GetAddressBytes().Length * 8), Port = port };
        }

        var withBelow = target.StartsWith("*.", StringComparison.Ordinal);
        var name = (withBelow ? target[2..] : target).TrimEnd('.').ToLowerInvariant();
        return Uri.CheckHostName(name) == UriHostNameType.Dns ? new TargetRule { Name = name, WithBelow = withBelow, Port = port } : null;
    }

    /// <summary>A port that is not a number is 0, which no port is.</summary>
    private static (string Target, int? Port) Split(string entry)
    {
        var end = entry.StartsWith('[') ? entry.IndexOf(']') : -1;
        if (end > 0)
        {
            return (entry[1..end], end == entry.Length - 1 ? null : entry[end + 1] == ':' ? PortOf(entry[(end + 2)..]) : 0);
        }

        var colon = entry.IndexOf(':');
        return colon < 0 || entry.IndexOf(':', colon + 1) >= 0 ? (entry, null) : (entry[..colon], PortOf(entry[(colon + 1)..]));
    }

    private static int PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0;
}
