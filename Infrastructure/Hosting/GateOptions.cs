using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Infrastructure.Hosting;

/// <summary>Under which names a service answers.</summary>
public sealed class GateOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gate";

    /// <summary>
    /// Host names that clients may use besides loopback's, separated by commas: names, addresses, <c>*.name</c> for all below one, or
    /// <c>*</c> for any. Ports do not matter. Default empty.
    /// </summary>
    [RegularExpression(@"^\s*((\*|(\*\.)?[A-Za-z0-9._-]+|\[?[0-9A-Fa-f:.]+\]?)\s*(,\s*|$))*$")]
    public string Hosts { get; set; } = string.Empty;

    /// <summary>
    /// Networks or addresses of proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed, separated by commas.
    /// Default none: callers are known by the address that connects.
    /// </summary>
    public string Proxies { get; set; } = string.Empty;

    /// <summary>Reads <see cref="Proxies"/>; an address is the network of itself.</summary>
    /// <param name="wrong">The first that is neither; null if there is none.</param>
    public IReadOnlyList<IPNetwork> ReadProxies(out string? wrong)
    {
        wrong = null;
        var found = new List<IPNetwork>();
        foreach (var proxy in Proxies.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // "10.1" is an address to the parser, and not to people.
            if (IPAddress.TryParse(proxy, out var address) && (proxy.Contains(':') || proxy.Count(each => each == '.') == 3))
            {
                var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
                found.Add(new IPNetwork(plain, plain.GetAddressBytes().Length * 8));
            }
            else if (IPNetwork.TryParse(proxy, out var network))
            {
                found.Add(network);
            }
            else
            {
                wrong ??= proxy;
            }
        }

        return found;
    }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        ReadProxies(out var wrong);
        if (wrong is not null)
        {
            yield return new ValidationResult(
                $"has '{wrong}', which is no address and no network: give 10.0.0.7, fd00::7 or 10.0.0.0/8.",
                [nameof(Proxies)]);
        }
    }
}
