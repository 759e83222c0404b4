using System.Runtime.InteropServices;

namespace Producer.Timers;

/// <summary>The tenant and key of a timer.</summary>
/// <param name="Tenant">The tenant that it belongs to.</param>
/// <param name="Key">The store's key.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TimerAddress(string Tenant, Guid Key);
