using System.Diagnostics.CodeAnalysis;

namespace Infrastructure.Targets;

/// <summary>Where webhooks may go. The Producer refuses others at creation, and the Runner on connecting.</summary>
public sealed class TargetOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Targets";

    /// <summary>
    /// What may be called although it is inside, separated by commas: networks (<c>10.1.0.0/16</c>), addresses, names (<c>receiver</c>),
    /// names with all below them (<c>*.corp.example</c>), each with a port if only that one is meant (<c>receiver:4000</c>,
    /// <c>[fd00::1]:80</c>). Default empty.
    /// </summary>
    public string Allow { get; set; } = string.Empty;

    /// <summary>What must not be called although it is outside, or allowed, in the same form. Default empty.</summary>
    public string Deny { get; set; } = string.Empty;

    /// <summary>Whether this machine's own loopback addresses may be called. Default true.</summary>
    public bool AllowLoopback { get; set; } = true;

    /// <summary>
    /// A proxy that webhooks go through, and that resolves their names: <c>http://proxy.example:3128</c>, with <c>user:password@</c> before
    /// the host if it wants that. Loopback is called directly. Default empty: none.
    /// </summary>
    public string Proxy { get; set; } = string.Empty;

    /// <summary>What is called directly although there is a proxy, in the form of <see cref="Allow"/>. Default empty.</summary>
    public string ProxyExcept { get; set; } = string.Empty;

    /// <summary>Whether refusals are only logged and counted: for trying rules out. Default false.</summary>
    public bool ReportOnly { get; set; }

    /// <summary>Reads the address of a proxy: scheme http, host, port, and nothing behind them; false if it is none.</summary>
    internal static bool TryReadProxy(string text, [NotNullWhen(true)] out Uri? proxy)
    {
        var isOne = Uri.TryCreate(text, UriKind.Absolute, out proxy) && proxy.Scheme == Uri.UriSchemeHttp && proxy.Host.Length > 0
            && proxy.Port > 0 && proxy.PathAndQuery == "/" && proxy.Fragment.Length == 0;
        proxy = isOne ? proxy : null;
        return isOne;
    }
}
