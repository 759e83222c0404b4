namespace Contracts.Devices;

/// <summary>Which devices to list.</summary>
/// <param name="Limit">Maximum number of devices, 1 to 1,000.</param>
/// <param name="After">The id after which the page begins; null for the first page.</param>
/// <param name="Tag">Only those with this tag; null for all.</param>
public sealed record DeviceQuery(int Limit, string? After = null, string? Tag = null);
