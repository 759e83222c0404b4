namespace Infrastructure.Storage;

/// <summary>A store's clock as shown in a reply.</summary>
/// <param name="Time">UTC, no later than the store's clock when the answer arrived.</param>
/// <param name="Source">Whose clock: samples of two sources are not compared.</param>
internal sealed record StoreTimeSample(DateTimeOffset Time, string Source);
