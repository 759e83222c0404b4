using System.Text.RegularExpressions;
using Contracts.Common;
using Microsoft.Extensions.Options;

namespace Runner.Timers.Delivery;

/// <summary>Whose receivers' responses are kept with the attempts.</summary>
internal sealed partial class KeptResponses(IOptions<DeliveryOptions> options)
{
    private const string Everybody = "*";
    private readonly HashSet<string> without = [.. Split(options.Value.DiscardResponses)];

    /// <summary>Whether every one is a tenant's name, or stands for all of them.</summary>
    public static bool AreTenants(string names) => Split(names).All(name => name == Everybody || Name().IsMatch(name));

    /// <summary>What is kept of a response.</summary>
    public ReadOnlyMemory<byte> Of(string tenant, ReadOnlyMemory<byte> response) =>
        without.Count > 0 && (without.Contains(tenant) || without.Contains(Everybody)) ? default : response;

    private static string[] Split(string names) => names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(Tenant.Pattern, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
