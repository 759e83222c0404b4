using System.Runtime.InteropServices;

namespace Infrastructure.Timers.Mongo;

/// <summary>A row that a range of the index gave.</summary>
/// <param name="Key">The store's key of the timer.</param>
/// <param name="NextAt">When it is due next, in milliseconds since 1970.</param>
/// <param name="Size">Bytes of its spec.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RangedTimer(Guid Key, long NextAt, int Size);
