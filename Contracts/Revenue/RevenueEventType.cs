namespace Contracts.Revenue;

/// <summary>A name of events that a tenant has registered.</summary>
/// <param name="Name">The name.</param>
/// <param name="Sign">What such events do.</param>
/// <param name="Schema">The JSON schema that such events must match, as it was sent, in UTF-8; null for none.</param>
public sealed record RevenueEventType(string Name, RevenueSign Sign, ReadOnlyMemory<byte>? Schema = null)
{
    /// <summary>The names that every tenant has.</summary>
    public static IReadOnlyList<RevenueEventType> BuiltIn { get; } =
        [new("add_revenue", RevenueSign.Add), new("subtract_revenue", RevenueSign.Subtract)];

    /// <inheritdoc />
    public bool Equals(RevenueEventType? other) =>
        other is not null && Name == other.Name && Sign == other.Sign && Schema.HasValue == other.Schema.HasValue
        && Schema.GetValueOrDefault().Span.SequenceEqual(other.Schema.GetValueOrDefault().Span);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Name, Sign, Schema?.Length);
}
