using Contracts.Revenue;

namespace Producer.Revenue;

/// <summary>A name of events, ready to be used.</summary>
/// <param name="Type">As it is stored.</param>
/// <param name="Schema">Its schema; null for none.</param>
internal sealed record KnownEventType(RevenueEventType Type, EventSchema? Schema);
