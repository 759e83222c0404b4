using System.Runtime.InteropServices;

namespace Producer.Timers;

/// <summary>Where a timer is found.</summary>
/// <param name="Tenant">The tenant that it belongs to.</param>
/// <param name="Key">The store's key.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TimerAddress(string Tenant, Guid Key);
