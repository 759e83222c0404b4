using System.ComponentModel.DataAnnotations;

namespace Infrastructure.Hosting;

/// <summary>Under which names a service answers.</summary>
public sealed class GateOptions
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
    [RegularExpression(@"^\s*([0-9A-Fa-f:.]+(/[0-9]{1,3})?\s*(,\s*|$))*$")]
    public string Proxies { get; set; } = string.Empty;
}
