namespace Contracts.Live;

/// <summary>One change of a feed.</summary>
/// <param name="Position">Names it; opaque.</param>
/// <param name="Content">What happened; empty for a gap.</param>
/// <param name="IsGap">True when changes before this position may be missing: whoever watches takes a new snapshot.</param>
public sealed record LiveChange(string Position, ReadOnlyMemory<byte> Content, bool IsGap);
