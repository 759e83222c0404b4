using System.Runtime.InteropServices;

namespace Contracts.Items;

/// <summary>How much happened within one unit of time.</summary>
/// <param name="At">When it begins, in 100 ns since 1970.</param>
/// <param name="Count">How much, from 1.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ItemPoint(long At, long Count);
