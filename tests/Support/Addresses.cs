using Contracts.Common;
using Producer.Timers;

namespace Tests.Support;

internal static class Addresses
{
    /// <summary>Of the default tenant's timer.</summary>
    public static TimerAddress Address(this Guid key) => new(Tenant.Default, key);
}
