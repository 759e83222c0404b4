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
}
