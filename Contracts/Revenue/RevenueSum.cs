using System.Runtime.InteropServices;

namespace Contracts.Revenue;

/// <summary>What happened within a span of time, in one currency.</summary>
/// <param name="At">When it begins, in 100 ns since 1970.</param>
/// <param name="Currency">The currency.</param>
/// <param name="Added">The sum of what was added, 0 or more.</param>
/// <param name="Subtracted">The sum of what was subtracted, 0 or more.</param>
/// <param name="Events">Number of events and adjustments.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RevenueSum(long At, string Currency, Amount Added, Amount Subtracted, long Events);
