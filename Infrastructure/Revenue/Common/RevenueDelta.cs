using System.Runtime.InteropServices;
using Contracts.Revenue;

namespace Infrastructure.Revenue.Common;

/// <summary>What some entries add to a sum.</summary>
/// <param name="Events">Number of entries.</param>
/// <param name="Added">What they add, 0 or more.</param>
/// <param name="Subtracted">What they subtract, 0 or more.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RevenueDelta(long Events, Amount Added, Amount Subtracted)
{
    /// <summary>What one entry adds.</summary>
    public static RevenueDelta Of(Amount effect) =>
        effect.Units < 0 ? new RevenueDelta(1, default, -effect) : new RevenueDelta(1, effect, default);

    public static RevenueDelta operator +(RevenueDelta a, RevenueDelta b) =>
        new(a.Events + b.Events, a.Added + b.Added, a.Subtracted + b.Subtracted);

    public static RevenueDelta operator -(RevenueDelta delta) => new(-delta.Events, -delta.Added, -delta.Subtracted);

    public override string ToString() => FormattableString.Invariant($"{Events} entries, {Added} added and {Subtracted} subtracted");
}
