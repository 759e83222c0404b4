using System.Runtime.InteropServices;

namespace Infrastructure.Timers.Mongo;

/// <summary>A row that a range of the index gave.</summary>
/// <param name="Key">Of the timer.</param>
/// <param name="NextAt">Milliseconds.</param>
/// <param name="Size">Bytes of its spec.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RangedTimer(Guid Key, long NextAt, int Size);
