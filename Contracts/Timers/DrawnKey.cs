using System.Runtime.InteropServices;

namespace Contracts.Timers;

/// <summary>An id that a Producer drew for a timer.</summary>
/// <param name="Id">What clients see.</param>
/// <param name="Key">The store's key: <see cref="TimerKey.FromId"/> of the id; of the default tenant the same UUID.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DrawnKey(Guid Id, Guid Key);
